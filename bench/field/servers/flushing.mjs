/** What the least of servers have in common: carts in memory, and each change flushed to a SQLite before anybody is told. */
import Database from "libsql";

/** `take` keeps a change and returns its cart; `hearers` are those that follow it, `lines` what it holds, each as it came. */
export function createCarts(file) {
  const carts = new Map();
  const db = new Database(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE changes (cart TEXT, sku TEXT, body TEXT)");
  const insert = db.prepare("INSERT INTO changes VALUES (?, ?, ?)");
  const cartOf = (name) => {
    if (!carts.has(name)) carts.set(name, { lines: new Map(), hearers: new Set() });
    return carts.get(name);
  };
  return {
    cartOf,
    take(name, text) {
      const { sku } = JSON.parse(text);
      insert.run(name, sku, text);
      const cart = cartOf(name);
      cart.lines.set(sku, text);
      return cart;
    },
  };
}
