// The screen at the wall stays awake while it is shown, where the browser can.
let lock = null;

async function wake() {
  if (!document.body.classList.contains("at-the-wall") || document.hidden || !navigator.wakeLock) return;
  lock = await navigator.wakeLock.request("screen").catch(() => null);
}

document.addEventListener("visibilitychange", wake);
window.addEventListener("pagehide", () => lock?.release());
wake();
