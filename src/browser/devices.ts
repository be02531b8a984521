/** "Where am I signed in?" and "sign out there". */
import type { DeviceFrame, DevicesAnswer } from "../wire/devices.js";
import { PATHS } from "../wire/version.js";
import type { Device } from "./device.js";
import { callerOf } from "./post.js";
import { RefusalError } from "./refusal.js";

/** One of the devices that write to this cart: this browser's profile, the phone, a kiosk. */
export type ListedDevice = DeviceFrame;

/** Nobody is on no list, and asks for none. */
export async function listDevices({ settings, visitor, post }: Device): Promise<readonly ListedDevice[]> {
  const { session } = visitor;
  const { devices } = session?.isKnown ? await post<DevicesAnswer>(PATHS.devices, callerOf(settings, visitor.fresh(session).credential)) : { devices: [] };
  return Object.freeze(devices.map((one) => Object.freeze(one)));
}

export async function signOutDevice({ settings, visitor, post }: Device, device: string): Promise<void> {
  const { session } = visitor;
  if (!session) throw new RefusalError("not-found");
  await post(PATHS.signOutDevice, { ...callerOf(settings, visitor.fresh(session).credential), device });
}
