/** The strings that a platform of the advertisers' association would keep, made with the association's own library. */
import { GVL, TCModel, TCString, type VendorList } from "@iabtcf/core";

const PURPOSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const VENDOR = 755;

const purpose = (id: number) => ({ id, name: `Purpose ${id}`, description: "", descriptionLegal: "", illustrations: [] });

/** A list of one vendor, of version and date as the real one has them. */
const LIST = {
  gvlSpecificationVersion: 3, vendorListVersion: 100, tcfPolicyVersion: 5, lastUpdated: "2026-01-01T00:00:00Z",
  purposes: Object.fromEntries(PURPOSES.map((id) => [id, purpose(id)])),
  specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {},
  vendors: {
    [VENDOR]: {
      id: VENDOR, name: "Example Ads", purposes: PURPOSES, legIntPurposes: [], flexiblePurposes: [], specialPurposes: [], features: [], specialFeatures: [],
      overflow: { httpGetLimit: 32 }, cookieMaxAgeSeconds: 86_400, usesCookies: true, cookieRefresh: false, usesNonCookieAccess: false, deviceStorageDisclosureUrl: "",
    },
  },
} as unknown as VendorList;

/** What is kept after these purposes, and perhaps the one vendor, were consented to. */
export async function tcString(purposes: readonly number[], isVendorGranted = true): Promise<string> {
  const list = new GVL(LIST);
  await list.readyPromise;
  const model = new TCModel(list);
  Object.assign(model, { cmpId: 10, cmpVersion: 1, isServiceSpecific: true });
  model.purposeConsents.set([...purposes]);
  if (isVendorGranted) model.vendorConsents.set(VENDOR);
  return TCString.encode(model);
}
