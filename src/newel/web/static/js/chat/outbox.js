// What the customer wrote and the server has not confirmed: sent in order, tried again under the same
// id (so nothing is doubled), kept over a reload of the page.
import { call, pause, Refused } from "./wire.js";

const WAITS = [400, 1000, 2000, 4000];

function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Outbox {
  constructor({ onChange, onSent }) {
    Object.assign(this, { onChange, onSent });
    this.place = "";
    this.items = [];
    this.busy = false;
  }

  // What this visitor had not got rid of before the page was loaded again.
  restore(place) {
    this.place = place;
    try {
      const kept = JSON.parse(sessionStorage.getItem(place) ?? "[]");
      this.items.unshift(...kept.map((item) => ({ ...item, state: item.message ? "sent" : "sending" })));
    } catch { /* nothing was kept */ }
    this.changed();
    this.work();
  }

  add(text, kind = "messages", attachments = []) {
    this.items.push({ key: fresh(), kind, text, attachments, at: Date.now(), state: "sending", message: "" });
    this.changed();
    this.work();
  }

  // What the server shows by itself is ours no longer.
  settle(lines) {
    const shown = new Set(lines.map((line) => line.id));
    const before = this.items.length;
    this.items = this.items.filter((item) => !(item.message && shown.has(item.message)));
    if (this.items.length !== before) this.keep();
  }

  again(key = "") {
    for (const item of this.items) {
      if (item.state === "failed" && (key ? item.key === key : !item.refused)) item.state = "sending";
    }
    this.changed();
    this.work();
  }

  drop(key) {
    this.items = this.items.filter((item) => item.key !== key);
    this.changed();
  }

  async work() {
    if (this.busy || !this.place) return;
    this.busy = true;
    try {
      for (;;) {
        const next = this.items.find((item) => item.state === "sending");
        if (!next) return;
        await this.send(next);
        this.changed();
      }
    } finally {
      this.busy = false;
    }
  }

  async send(item) {
    const attachments = (item.attachments ?? []).map((one) => one.id);
    const body = item.kind === "person" ? { id: item.key } : { id: item.key, text: item.text, attachments };
    for (const wait of [...WAITS, 0]) {
      try {
        const taken = await call("POST", `/chat/${item.kind}`, body);
        item.message = taken.id;
        item.state = "sent";
        this.onSent(taken);
        return;
      } catch (error) {
        const told = error instanceof Refused ? error : null;
        if (told?.final || !wait) {
          item.state = "failed";
          item.refused = Boolean(told?.final);
          return;
        }
        await pause(told?.seconds ? Math.min(told.seconds, 8) * 1000 : wait);
      }
    }
  }

  changed() {
    this.keep();
    this.onChange();
  }

  keep() {
    if (!this.place) return;
    try { sessionStorage.setItem(this.place, JSON.stringify(this.items)); } catch { /* only in memory then */ }
  }
}
