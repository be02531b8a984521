/** How the pages write numbers and tables. */

/** Three significant digits at most; thousands with a narrow space, as in the other pages. */
export function number(value) {
  if (value === undefined || value === null) return "–";
  if (Math.abs(value) >= 1_000) return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ");
  return String(Number(value.toPrecision(3)));
}

export function times(ratio) {
  return `${number(ratio)} ×`;
}

export function kilobytes(bytes) {
  return bytes === undefined ? "–" : `${(bytes / 1_000).toFixed(1)} kB`;
}

/** Of columns, those whose head ends with a colon are numbers. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |\n`;
  return line(heads.map((head) => head.replace(/:$/, ""))) + line(heads.map((head) => (head.endsWith(":") ? "---:" : "---"))) + rows.map(line).join("");
}
