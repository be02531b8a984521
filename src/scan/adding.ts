/** From a barcode to a line in the cart: the shop says what it is, and hears how it went. */
import type { Client } from "../browser/client.js";
import type { AddOptions } from "../model/cart-commands.js";
import { type Barcode, type BarcodeFormat, parseBarcode } from "./barcode.js";
import type { Unreadable } from "./unreadable.js";

/** What a shop sells under a barcode. */
export interface Found extends AddOptions {
  readonly sku: string;
  /** 1 by default. */
  readonly quantity?: number;
}

/** How a scan ended. Every scan ends in exactly one of these. */
export type Scanned =
  | { readonly outcome: "added"; readonly barcode: Barcode; readonly line: string }
  /** `resolve` knows no such product. */
  | { readonly outcome: "unknown"; readonly barcode: Barcode }
  | { readonly outcome: "unreadable"; readonly text: string; readonly reason: Unreadable }
  /** `resolve` failed, or what it found cannot be added. */
  | { readonly outcome: "failed"; readonly barcode: Barcode; readonly error: unknown }
  /** Whoever scanned it has left before `resolve` answered: it must not come into the next shopper's cart. */
  | { readonly outcome: "too-late"; readonly barcode: Barcode };

/** What a shop says about scanning. */
export interface ScanOptions {
  /** The shop's word on a product: only what it finds is added. It may ask its own server. */
  readonly resolve: (barcode: Barcode) => Found | undefined | Promise<Found | undefined>;
  /** Hears of every scan, for a beep and a word on the screen. */
  readonly heard?: (scanned: Scanned) => void;
}

export type Shop = Pick<Client, "cart" | "on">;

export interface Till {
  scan(text: string, format?: BarcodeFormat): void;
  close(): void;
}

/** Takes scans as they come. One that is answered late is added late, as long as the same visit goes on. */
export function createTill(shop: Shop, { resolve, heard = () => {} }: ScanOptions): Till {
  let visit = {}; // another one for whoever comes next
  const leave = (): void => void (visit = {});
  const stopHearing = shop.on("left", leave);

  const add = async (barcode: Barcode): Promise<Scanned> => {
    const mine = visit;
    try {
      const found = await resolve(barcode);
      if (mine !== visit) return { outcome: "too-late", barcode };
      if (found === undefined) return { outcome: "unknown", barcode };
      const { sku, quantity = 1, ...more } = found;
      return { outcome: "added", barcode, line: shop.cart.add(sku, quantity, more) };
    } catch (error) {
      return { outcome: "failed", barcode, error };
    }
  };

  return {
    scan(text, format) {
      const read = parseBarcode(text, { format });
      if (read.gtin === undefined) return heard({ outcome: "unreadable", text, reason: read });
      void add(read).then(heard);
    },
    close() {
      leave(); // what is still being asked for is added to nobody's cart
      stopHearing();
    },
  };
}
