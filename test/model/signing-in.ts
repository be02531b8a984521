/** How a simulated device signs in and out: the visitor's log is linked, the device moves over, or starts anew. */
import type { Adoption } from "../../src/model/adoption.js";
import { createReplica } from "../../src/model/replica.js";
import type { SimulatedDevice } from "./device-simulator.js";
import type { SimulatedServer } from "./log-simulator.js";

const UNION: Omit<Adoption, "log"> = { merge: "union", consent: "newest" };

/** The server's half only: what is left when the answer is lost. */
export function link(server: SimulatedServer, device: SimulatedDevice, customer: string, how = UNION): void {
  const visitor = server.resolve(device.session);
  if (!device.isSignedIn && visitor.startsWith("visitor")) server.link(visitor, customer, how);
}

export function signIn(server: SimulatedServer, device: SimulatedDevice, customer: string, how = UNION): void {
  if (device.isSignedIn) return;
  link(server, device, customer, how);
  const opened = server.resolve(device.session);
  device.cameFrom = device.session;
  device.session = opened.startsWith("visitor") ? customer : opened;
  device.isSignedIn = true;
  const { snapshot, included } = server.snapshot(device.session, device.replica.pending.map((p) => p.id));
  device.startFrom(snapshot, included);
}

/** Sends what is unsent under the customer's own credential, then leaves nothing of the customer on the device. */
export function signOut(server: SimulatedServer, device: SimulatedDevice): void {
  if (!device.isSignedIn) return;
  device.push();
  device.isSignedIn = false;
  device.session = `visitor-${device.name}-${server.newId()}`;
  device.replica = createReplica(device.name, "web");
}

/** Takes the sign-in back on all tabs of a browser: what they have not sent is the customer's and goes up first. */
export function unlink(server: SimulatedServer, devices: readonly SimulatedDevice[], visitor: string): void {
  const tabs = devices.filter((device) => device.isSignedIn && device.cameFrom === visitor);
  for (const tab of tabs) tab.push();
  server.release(visitor);
  for (const tab of tabs) {
    Object.assign(tab, { session: visitor, isSignedIn: false, replica: createReplica(tab.name, "web") });
    const { snapshot } = server.snapshot(visitor, []);
    tab.startFrom(snapshot, []);
  }
}
