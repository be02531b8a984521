/** carryover/scan: barcodes into the cart, from a scanner that types or from a camera. */

export { type Barcode, type BarcodeFormat, parseBarcode, type ParseOptions } from "./barcode.js";
export type { Unreadable, WhyNot } from "./unreadable.js";
export { type CameraOptions, CameraRefused, scanWithCamera } from "./camera.js";
export { listenToScanner, type ScannerOptions } from "./scanner.js";
export type { Found, Scanned, ScanOptions } from "./adding.js";
