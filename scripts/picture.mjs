/** Takes README's picture of the three devices from the real page: `npm run picture`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";
import { engine } from "./engines.mjs";

const stage = spawn(process.execPath, ["examples/devices/start.mjs", "--fresh"], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PORT: "8180", CI: "true" } });
const browser = await puppeteer.launch({ executablePath: engine("chromium"), args: ["--no-sandbox", "--disable-gpu"] });
try {
  const address = await printed(stage.stdout, /http:\/\/localhost:\d+/);
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 900, deviceScaleFactor: 1 });
  await page.goto(address, { waitUntil: "load" });
  await fill(page);
  await page.screenshot({ path: "docs/three-devices.png" });
} finally {
  await browser.close();
  stage.kill("SIGTERM");
  await once(stage, "exit");
}

/** Anna is signed in on phone and desktop; somebody else is about to take a cart along from the kiosk. */
async function fill(page) {
  const [phone, desktop, kiosk] = await Promise.all([8181, 8182, 8183].map((port) => page.waitForFrame((frame) => frame.url().includes(`:${port}`))));
  for (const frame of [phone, desktop]) await press(frame, "Weigeren");
  await press(phone, "Sneaker Amstel", "In mandje", "Inloggen", "Anna");
  await press(desktop, "Inloggen", "Anna");
  await shows(desktop, "1 artikel");
  await press(desktop, "In mandje");
  await press(phone, "Mandje");
  await shows(phone, "2 artikelen");
  await press(kiosk, "Chelseaboot Haarlem", "41", "De laatste veerpont", "Verder op je telefoon");
  await kiosk.waitForSelector("dialog[open] svg");
  for (const frame of [phone, desktop, kiosk]) await frame.waitForFunction(() => [...document.querySelectorAll("[role=status]")].every((note) => note.textContent === ""));
}

/** Presses what carries these words, as a shopper would. */
async function press(frame, ...buttons) {
  for (const words of buttons) {
    const found = await frame.waitForSelector(`::-p-xpath((//dialog[@open]//* | //*)[self::button or self::a][contains(normalize-space(.), "${words}")])`, { visible: true });
    await found.evaluate((element) => element.click());
  }
}

async function shows(frame, words) {
  await frame.waitForFunction((text) => document.body.innerText.includes(text), {}, words);
}

async function printed(stream, wanted) {
  for await (const line of createInterface(stream)) {
    const found = wanted.exec(line);
    if (found !== null) return found[0];
  }
  throw new Error("The stage ended before it said where it is.");
}
