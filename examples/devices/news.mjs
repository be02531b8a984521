/** What happened in the log and which device has heard of it, told to every open stage as server-sent events. */

/** Enough to read back; the log itself keeps everything. */
const KEPT = 200;

export function createNews() {
  const listeners = new Set();
  /** In the order of writing; an adopted entry stands in two logs under one id. */
  let entries = [];
  const encoder = new TextEncoder();

  const tell = (kind, data) => {
    const frame = encoder.encode(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const listener of listeners) listener.enqueue(frame);
  };

  return {
    tell,

    /** New entries, straight from the server. */
    written({ log, entries: fresh }) {
      for (const { seq, id, type, data, at, channel } of fresh) {
        const shown = { log, seq, id, type, data, at, channel, heard: [] };
        entries.push(shown);
        tell("entry", shown);
      }
      entries = entries.slice(-KEPT);
    },

    /** A piece of the stream reached a device; the ids in it say which entries. */
    overheard(device, text) {
      const latest = new Map(entries.map((entry) => [entry.id, entry]));
      for (const [id, { log, heard }] of latest) {
        if (heard.includes(device) || !text.includes(id)) continue;
        heard.push(device);
        tell("heard", { log, id, device });
      }
    },

    forget() {
      entries = [];
      tell("start-over", {});
    },

    /** An endless answer that begins with how it stands now. */
    stream(now) {
      let self;
      const body = new ReadableStream({
        start(controller) {
          self = controller;
          listeners.add(controller);
          controller.enqueue(encoder.encode(`event: hello\ndata: ${JSON.stringify({ ...now, entries })}\n\n`));
        },
        cancel: () => void listeners.delete(self),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
    },

    close() {
      for (const listener of listeners) listener.close();
      listeners.clear();
    },
  };
}
