// Where it is: by WeChat's telephone where it answers, else by the browser's own question for consent.
import { ask, isOffered } from "./wechat.js";

export function placeField(field) {
  const form = field.closest("form");
  const [latitude, longitude] = ["latitude", "longitude"].map((name) => form.elements[name]);
  const find = field.querySelector("[data-find]");
  const drop = field.querySelector("[data-drop-place]");
  const told = field.querySelector("[data-told]");
  if (!isOffered() && !("geolocation" in navigator)) return;
  find.addEventListener("click", async () => {
    find.disabled = true;
    told.textContent = field.dataset.asking;
    try {
      const here = await locate();
      if (here) put(here.latitude.toFixed(6), here.longitude.toFixed(6));
      show();
    } catch {
      show();
      told.textContent = field.dataset.failed;
    }
    find.disabled = false;
  });
  drop.addEventListener("click", () => {
    put("", "");
    show();
    find.focus();
  });
  show();

  function put(one, other) {
    [latitude.value, longitude.value] = [one, other];
    form.dispatchEvent(new Event("change"));
  }

  function show() {
    const has = latitude.value && longitude.value;
    told.textContent = has ? `${field.dataset.has}${latitude.value}, ${longitude.value}` : "";
    drop.hidden = !has;
    find.hidden = Boolean(has);
  }
}

async function locate() {
  if (isOffered()) {
    try {
      const told = await ask("getLocation", { type: "wgs84" });
      return told && { latitude: Number(told.latitude), longitude: Number(told.longitude) };
    } catch {
      // Not to be had from WeChat: the browser may know.
    }
  }
  return new Promise((done, refuse) => {
    navigator.geolocation.getCurrentPosition(({ coords }) => done(coords), refuse, {
      enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000,
    });
  });
}
