/** Draws a QR code: dark squares on white, whatever the colours of the page, because cameras expect that. */

const SVG = "http://www.w3.org/2000/svg";

/** The drawing comes into the page only when a code is shown. Rejects where it cannot be loaded. */
export async function drawQr(text: string, name: string): Promise<SVGElement> {
  const { encode } = await import("uqr");
  const { size, data } = encode(text, { ecc: "M", border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const path = draw("path", { d: squares.join(""), fill: "#000" });
  const svg = draw("svg", { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": name, part: "qr", "shape-rendering": "crispEdges" });
  svg.append(path);
  return svg;
}

function draw(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
