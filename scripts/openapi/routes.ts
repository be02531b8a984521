/** Every address of the server: who may ask there, what for, and what is answered. */
import type { GenericSchema } from "valibot";
import { Devices, SignOutDevice } from "../../src/wire/devices.js";
import { FEED, FEED_LIMIT, WEBHOOK_PATHS } from "../../src/wire/feed.js";
import { Accept, Approve, Cancel, Offer, Preview, Undo } from "../../src/wire/handoff.js";
import { RegisterKiosk, StartKiosk } from "../../src/wire/kiosk.js";
import { Observe } from "../../src/wire/observe.js";
import { HOLD_MS, Pull } from "../../src/wire/pull.js";
import { Push } from "../../src/wire/push.js";
import { RECEIPT_PATHS } from "../../src/wire/receipt.js";
import { Restore } from "../../src/wire/restore.js";
import { Sealed, SignIn, SignOut, Unlink } from "../../src/wire/session.js";
import { Append, SHOP_PATHS } from "../../src/wire/shop.js";
import { INSIGHTS, PATHS } from "../../src/wire/version.js";
import type { AnswerName } from "./answers.js";

export interface Route {
  readonly method: "get" | "post" | "delete";
  /** As the router has it: `:customer`. */
  readonly path: string;
  readonly says: string;
  /** The site's secret key, a device's credential, or the secret of the metrics, in the Authorization header; a device that shows its own in its message has none. */
  readonly by?: "secretKey" | "credential" | "metricsSecret";
  readonly body?: readonly [name: string, schema: GenericSchema];
  readonly query?: Readonly<Record<string, object>>;
  readonly headers?: Readonly<Record<string, object>>;
  /** The form of the answer, or its media type where it is no JSON; none for 204. */
  readonly answer?: AnswerName | `${string}/${string}`;
  /** What the same address says as a stream, to whoever accepts that. */
  readonly orStream?: string;
  /** Other answers that are no refusal. */
  readonly also?: Readonly<Record<string, string>>;
}

const text = { type: "string" };
const count = (minimum: number, maximum: number): object => ({ type: "integer", minimum, maximum });
const post = (path: string, says: string, body: Route["body"], answer?: Route["answer"]): Route => ({ method: "post", path, says, ...(body && { body }), ...(answer && { answer }) });

const devices: readonly Route[] = [
  post(PATHS.push, "A device's events; the verdict on each.", ["Push", Push], "PushAnswer"),
  { ...post(PATHS.pull, "The log of the device as a stream, from its cursor on.", ["Pull", Pull], "text/event-stream"), by: "credential" },
  post(PATHS.observe, "What a device observed under a purpose that was granted.", ["Observe", Observe], "ObserveAnswer"),
  post(PATHS.signIn, "The shop's token says who this is; the carts meet.", ["SignIn", SignIn], "SignInAnswer"),
  post(PATHS.signOut, "The device leaves.", ["SignOut", SignOut]),
  post(PATHS.unlink, "A sign-in is taken back.", ["Unlink", Unlink]),
  post(PATHS.sealed, "What could not be sent before sign-out.", ["Sealed", Sealed]),
  post(PATHS.devices, "The devices that write to this cart.", ["Devices", Devices], "DevicesAnswer"),
  post(PATHS.signOutDevice, "Signs out another device of this cart.", ["SignOutDevice", SignOutDevice]),
  post(PATHS.restore, "A browser that has kept nothing but the cookie.", ["Restore", Restore], "RestoreAnswer"),
  post(PATHS.offer, "Offers the cart to another screen.", ["Offer", Offer], "OfferAnswer"),
  post(PATHS.preview, "What would come along; consumes nothing.", ["Preview", Preview], "PreviewAnswer"),
  post(PATHS.accept, "Takes the offer.", ["Accept", Accept], "Progress"),
  post(PATHS.approve, "The owner has found the number.", ["Approve", Approve], "Progress"),
  post(PATHS.cancel, "The offer is taken back or declined.", ["Cancel", Cancel]),
  post(PATHS.progress, "Where the handoff stands, for the receiving screen.", ["Accept", Accept], "Progress"),
  post(PATHS.undo, "Takes back what a handoff has done.", ["Undo", Undo], "Progress"),
  post(PATHS.kioskRegister, "A screen in a store takes its code.", ["RegisterKiosk", RegisterKiosk], "KioskAnswer"),
  post(PATHS.kioskStart, "A screen in a store has started.", ["StartKiosk", StartKiosk], "KioskAnswer"),
  { method: "get", path: RECEIPT_PATHS.receipts, says: "The receipts of this device, or of the customer who is signed in there.", by: "credential", query: { site: text }, answer: "application/jsonl" },
];

const shop: readonly Route[] = [
  { method: "get", path: SHOP_PATHS.cart, says: "A customer's cart as they see it.", headers: { "if-none-match": text }, answer: "CartAnswer", also: { 304: "It is as the ETag says." } },
  { ...post(SHOP_PATHS.events, "Appends events as one of the shop's systems.", ["Append", Append], "AppendAnswer"), headers: { "if-match": text } },
  { method: "get", path: "/v1/customers/:customer/export", says: "Everything that is kept about a customer.", answer: "CustomerExport" },
  { method: "delete", path: "/v1/customers/:customer", says: "Erases it.", answer: "Erased" },
  { method: "get", path: FEED, says: "The log of all customers and visitors, from a cursor on.", query: { after: text, limit: count(1, FEED_LIMIT.most), wait: count(0, HOLD_MS) }, headers: { "last-event-id": text }, answer: "FeedAnswer", orStream: "Each event as it comes, where that is accepted: the CloudEvent as data, the cursor behind it as id." },
  { method: "get", path: WEBHOOK_PATHS.list, says: "How the site's webhooks fare.", answer: "WebhooksAnswer" },
  { method: "post", path: WEBHOOK_PATHS.resume, says: "Turns a webhook on again, or has it try at once." },
  { method: "get", path: INSIGHTS, says: "What observations come to.", query: { site: text, from: text, to: text }, answer: "Insights" },
];

const anybody: readonly Route[] = [
  { method: "get", path: RECEIPT_PATHS.keys, says: "The public keys that receipts are verified with.", query: { site: text }, answer: "ReceiptKeys" },
  ...["/tag.js", "/ui.js", "/journey.js", "/link.js", "/chunks/:file"].map((path): Route => ({ method: "get", path, says: "A script for pages.", answer: "text/javascript" })),
  { method: "get", path: "/healthz", says: "The process answers.", answer: "text/plain" },
  { method: "get", path: "/readyz", says: "Whether requests may be sent here, and how each part is.", answer: "Readiness", also: { 503: "Send them elsewhere: in the same form." } },
  { method: "get", path: "/metrics", says: "What the server counts, as Prometheus reads it; only where a secret for it is set.", by: "metricsSecret", answer: "text/plain" },
];

export const routes: readonly Route[] = [...devices, ...shop.map((route): Route => ({ ...route, by: "secretKey" })), ...anybody];
