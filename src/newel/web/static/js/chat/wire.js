// Calls to the server in the visitor's name, and the stream of what changed. The pass travels in a
// header only: no cookie, nothing in an address.
const PATIENCE = 15000;
const SILENCE = 40000;
const BACK_OFF = [250, 500, 1000, 2000, 4000];

export const wire = { pass: "", renew: async () => {} };

export class Refused extends Error {
  constructor(status, seconds) {
    super(`refused: ${status}`);
    this.status = status;
    this.seconds = seconds;
    this.final = status >= 400 && status < 500 && ![401, 408, 409, 425, 429].includes(status);
  }
}

// What is told in words is told in the page's language.
function headers(more = {}) {
  const all = { ...more, "Accept-Language": document.documentElement.lang };
  return wire.pass ? { ...all, Authorization: `Bearer ${wire.pass}` } : all;
}

async function once(method, path, body) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(path, {
    method,
    ...sent,
    headers: headers(body === undefined ? {} : { "Content-Type": "application/json" }),
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

export async function call(method, path, body) {
  let answer = await once(method, path, body);
  if (answer.status === 401 && path !== "/chat/pass") {
    await wire.renew();
    answer = await once(method, path, body);
  }
  if (!answer.ok) throw new Refused(answer.status, Number(answer.headers.get("Retry-After")) || 0);
  return answer.status === 204 ? null : answer.json();
}

// A file in the visitor's name, as an address of this page's own.
export async function file(id) {
  const path = `/chat/attachments/${id}`;
  for (const wait of [500, 2000, 5000, 0]) {
    try {
      const answer = await once("GET", path);
      if (answer.ok) return URL.createObjectURL(await answer.blob());
      if (answer.status === 401) await wire.renew();
      if (answer.status === 403 || answer.status === 404) break;
    } catch { /* tried again below */ }
    if (wait) await pause(wait);
  }
  throw new Refused(404, 0);
}

export const pass = () => headers();

export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

// Reads the stream of some topics until it is stopped; comes back by itself, and then says "resync".
export class Stream {
  constructor({ onResync, onChanged, onLost }) {
    Object.assign(this, { onResync, onChanged, onLost });
    this.topics = "";
    this.stopper = null;
    this.tries = 0;
  }

  open(topics) {
    const asked = topics.join(" ");
    if (this.topics === asked && this.stopper) return;
    this.close();
    this.topics = asked;
    if (!asked) return;
    this.stopper = new AbortController();
    this.run(topics, this.stopper.signal);
  }

  close() {
    this.stopper?.abort();
    this.stopper = null;
  }

  async run(topics, stopped) {
    const path = `/live?${topics.map((t) => `topic=${encodeURIComponent(t)}`).join("&")}`;
    while (!stopped.aborted) {
      try {
        await this.read(path, stopped);
      } catch { /* tried again below */ }
      if (stopped.aborted) return;
      if (this.tries > 1) this.onLost();
      await pause(BACK_OFF[Math.min(this.tries++, BACK_OFF.length - 1)]);
    }
  }

  async read(path, stopped) {
    const quiet = new AbortController();
    const end = () => quiet.abort();
    stopped.addEventListener("abort", end, { once: true });
    let timer = setTimeout(end, SILENCE);
    try {
      const answer = await fetch(path, { headers: headers(), credentials: "omit", cache: "no-store", signal: quiet.signal });
      if (answer.status === 401) await wire.renew();
      if (!answer.ok) throw new Refused(answer.status, 0);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let kept = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(end, SILENCE);
        const parts = (kept + value).split("\n\n");
        kept = parts.pop();
        parts.forEach((part) => this.event(part));
      }
    } finally {
      clearTimeout(timer);
      stopped.removeEventListener("abort", end);
    }
  }

  event(part) {
    if (part.startsWith("event: resync")) {
      this.tries = 0;
      this.onResync();
    } else if (part.startsWith("event: changed")) {
      this.onChanged(JSON.parse(part.slice(part.indexOf("data: ") + 6)));
    }
  }
}
