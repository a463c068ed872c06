// What she typed and what has not arrived yet, per chat: kept over a closed chat and a reloaded page.
import { firstPicture } from "./recordings.js";
import { sim } from "./wechat.js";

const SLOW = 300; // milliseconds until a clock is shown
const held = new Map();

function read(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function write(key, value) {
  try {
    if (value.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage: what was typed stays as long as the page does.
  }
}

export class Outbox {
  // One for each chat of each citizen, however often the chat is opened.
  static of(app_id, openid) {
    const key = `${app_id} ${openid}`;
    if (!held.has(key)) held.set(key, new Outbox(app_id, openid, key));
    return held.get(key);
  }

  constructor(app_id, openid, key) {
    Object.assign(this, { app_id, openid, key, changed: () => {} });
    this.words = read(`draft ${key}`, "");
    // What the last page could not bring to its end; by client_id the simulator knows what it has.
    this.entries = new Map(read(`outbox ${key}`, []).map((one) =>
      [one.client_id, { ...one, files: [], state: "failed", problem: "上次没有发出去" }]));
  }

  get draft() {
    return this.words;
  }

  set draft(words) {
    this.words = words;
    write(`draft ${this.key}`, words);
  }

  // `shown` is the message as the chat shows it, `files` are uploaded first: {field, kind, blob}.
  put(body, shown, files, at) {
    const entry = { client_id: crypto.randomUUID(), at, body, shown, files, state: "", problem: "" };
    this.entries.set(entry.client_id, entry);
    this.save();
    return entry;
  }

  remove(client_id) {
    const entry = this.entries.get(client_id);
    if (this.entries.delete(client_id)) this.save();
    return entry;
  }

  // What stands in the chat has arrived.
  settle(messages) {
    for (const message of messages) this.remove(message.data?.client_id);
  }

  async deliver(entry) {
    this.mark(entry, "");
    const slow = setTimeout(() => this.mark(entry, "sending"), SLOW);
    try {
      while (entry.files.length) await this.upload(entry);
      this.save();
      await sim.say(this.app_id, this.openid, entry.body, entry.client_id);
      this.mark(entry, "");
    } catch (error) {
      this.mark(entry, "failed", error.message);
    } finally {
      clearTimeout(slow);
    }
  }

  async upload(entry) {
    const [file] = entry.files;
    const kept = await sim.upload(this.app_id, file.kind, file.blob);
    entry.body = { ...entry.body, [file.field]: kept.media_id };
    if (file.needsThumb) {
      const { thumb, seconds } = await firstPicture(kept.url);
      entry.body.seconds = seconds;
      entry.files.push({ field: "thumb_media_id", kind: "thumb", blob: thumb.blob });
    }
    entry.files.shift();
  }

  mark(entry, state, problem = "") {
    if (!this.entries.has(entry.client_id)) return;
    Object.assign(entry, { state, problem });
    this.changed(entry);
  }

  // Files wait in memory only: an entry without its files could not be sent.
  save() {
    write(`outbox ${this.key}`, [...this.entries.values()]
      .filter((one) => !one.files.length)
      .map(({ client_id, at, body, shown }) => ({ client_id, at, body, shown: { ...shown, url: undefined } })));
  }
}
