/** Which wire this is, and where it is spoken. */

/** Raised when a message changes so that the other end could misread it. */
export const WIRE = 1;

export const PATHS = {
  push: "/v1/push",
  observe: "/v1/observe",
  pull: "/v1/pull",
  signIn: "/v1/sign-in",
  signOut: "/v1/sign-out",
  unlink: "/v1/unlink",
  sealed: "/v1/sealed",
  devices: "/v1/devices",
  signOutDevice: "/v1/devices/sign-out",
  restore: "/v1/restore",
  offer: "/v1/handoff/offer",
  preview: "/v1/handoff/preview",
  accept: "/v1/handoff/accept",
  approve: "/v1/handoff/approve",
  cancel: "/v1/handoff/cancel",
  progress: "/v1/handoff/progress",
  undo: "/v1/handoff/undo",
  kioskRegister: "/v1/kiosk/register",
  kioskStart: "/v1/kiosk/start",
} as const;

/** For the shop's own programs, by GET and with the secret key. */
export const INSIGHTS = "/v1/insights";
