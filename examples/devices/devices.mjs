/** The three devices on the stage: where each one's page comes from and under which channel it writes. */

export const devices = [
  { name: "phone", example: "spa", channel: "app" },
  { name: "desktop", example: "tag", channel: "web" },
  { name: "kiosk", example: "kiosk", channel: "kiosk" },
];

/** Who can sign in here. */
export const people = { anna: "Anna", bram: "Bram" };

export const site = "pk_demo";

/** Signs the demo's own proofs of who somebody is; a shop keeps its secret out of its repository. */
export const tokenSecret = "this demo secret opens nothing but the demo";
