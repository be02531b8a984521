/** The one error that every driver gives when a page has gone from under a question. */

/** Not a failure of the shop: whoever asked may ask the next page. */
export class PageGone extends Error {
  override readonly name = "PageGone";
}

/** Turns a driver's own words for it into PageGone; other errors stay what they are. */
export function orGone<T>(asked: Promise<T>, words: RegExp): Promise<T> {
  return asked.catch((error: Error) => {
    throw words.test(error.message) ? new PageGone(error.message) : error;
  });
}

/** A page that goes away under the call is what was wanted. */
export async function leaving(going: Promise<unknown>): Promise<void> {
  await going.catch((error: unknown) => {
    if (!(error instanceof PageGone)) throw error;
  });
}
