/** carryover/server: the log that all devices of a shop share. */
export type { Address } from "./address.js";
export { type Archive, type ArchiveOptions, openArchive } from "./archive.js";
export type { Belongings, CustomerExport, Erased } from "./customer.js";
export type { News } from "./live.js";
export { createNotes, type Facts, type Level, type Note, type NoteForm, type Notes } from "./operator/notes.js";
export { noteRestored } from "./restored.js";
export { createServer, type ListenOptions, type Server, type ServerOptions } from "./server.js";
export type { SiteConfig } from "./sites.js";
export { type Verdict, verifyReceipts, type VerifyOptions } from "./verify.js";
