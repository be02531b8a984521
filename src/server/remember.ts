/** Maps that keep what was named last, and so many of it at most. */

/** Puts it behind all others; where there are too many, what was put first goes. */
export function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value as Key);
}
