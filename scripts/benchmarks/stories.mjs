/** The ten stories in words, as the bench plays them and the page tells them: what happens, and what would be right. */

export const STORY_TITLES = {
  plus: { title: "Two devices press + at 3", right: "5" },
  again: { title: "The same add of 1, its answer lost four times", right: "1" },
  ten: { title: "A cart of 7, ten devices with 2 sign in at once", right: "27" },
  remove: { title: "A removal against an add it had not seen", right: "1" },
  "late-removal": { title: "A removal made offline against a later add", right: "1" },
  "in-out-in": { title: "Sign in, out and in again: 2 brought to 1", right: "3" },
  offline: { title: "Two devices offline: + + and a new line here, + and a removal there", right: "4, 1, 0" },
  checkout: { title: "Checkout of 1 during an add of 1", right: "1 ordered, 1 in the cart" },
  withdrawal: { title: "A withdrawal against an offline grant that had not seen it", right: "refused" },
  kiosk: { title: "A kiosk left behind", right: "empty" },
};
