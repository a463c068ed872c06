// Pictures: made small here, sent one by one as they are chosen, shown, taken away again. What a slow or
// lost connection did not take waits on the page and can be tried again.
import { isOffered, pictures } from "./wechat.js";

const LONGEST = 2048;
const ENOUGH = 600_000; // bytes; smaller files go as they are

export function pictureField(field) {
  const form = field.closest("form");
  const input = field.querySelector("input[type=file]");
  const codes = field.querySelector("input[name=pictures]");
  const list = field.querySelector(".pictures");
  const problem = field.querySelector("[data-pictures-problem]");
  const most = Number(field.dataset.most);
  const say = (words) => (problem.textContent = words);
  for (const tile of list.children) dressed(tile);
  // Sent here already: they do not go with the form once more.
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  const wechat = field.querySelector("[data-from-wechat]");
  if (wechat && isOffered()) {
    wechat.hidden = false;
    wechat.addEventListener("click", async () => {
      try {
        take(await pictures(Math.max(1, most - list.children.length)));
      } catch {
        wechat.hidden = true; // the field above works everywhere
        say(field.dataset.noWechat);
      }
    });
  }
  window.addEventListener("online", () => {
    for (const tile of list.querySelectorAll(".picture.is-failed")) tile.retry();
  });
  // A draft knows pictures by their codes alone.
  const there = new Set([...list.children].map((tile) => tile.dataset.code));
  for (const code of codes.value.split(" ").filter((each) => each && !there.has(each))) {
    const tile = document.createElement("li");
    tile.className = "picture";
    list.append(tile);
    showIn(tile, { code, url: `${field.dataset.pictures}${code}`, drop: `${field.dataset.pictures}${code}/drop` }, "");
    // Kept for a day on the server: what is not there any more leaves the form.
    tile.querySelector("img").addEventListener("error", () => {
      tile.remove();
      gather();
    });
  }
  const isBusy = () =>
    list.querySelector(".is-taking") ? "taking" : list.querySelector(".is-failed") ? "failed" : "";
  return { take, isBusy };

  function take(files) {
    say("");
    for (const file of files) {
      if (list.children.length >= most) return say(field.dataset.tooMany);
      const tile = document.createElement("li");
      tile.className = "picture";
      list.append(tile);
      send(tile, file);
    }
  }

  async function send(tile, file) {
    tile.className = "picture is-taking";
    tile.textContent = field.dataset.taking;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("picture", await smaller(file), file.name || "picture.jpg");
    let answer;
    try {
      answer = await fetch(field.dataset.pictures, { method: "POST", body, credentials: "same-origin" });
    } catch {
      return waits(tile, file);
    }
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    if (!tile.isConnected) return undefined;
    if (told.problem) {
      tile.remove();
      return say(file.name ? `${file.name}：${told.problem}` : told.problem);
    }
    if (!told.code) return waits(tile, file);
    if (codes.value.split(" ").includes(told.code)) return tile.remove();
    showIn(tile, told, file.name || "");
    gather();
    return undefined;
  }

  function showIn(tile, told, alt) {
    const image = new Image();
    image.src = told.url;
    image.alt = alt;
    const button = document.createElement("button");
    button.className = "picture-drop";
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", field.dataset.remove);
    button.formAction = told.drop;
    tile.className = "picture";
    tile.dataset.code = told.code;
    tile.replaceChildren(image, button);
    dressed(tile);
  }

  function waits(tile, file) {
    tile.className = "picture is-failed";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "picture-again";
    again.textContent = field.dataset.failed;
    tile.retry = () => send(tile, file);
    again.addEventListener("click", tile.retry);
    const away = document.createElement("button");
    away.type = "button";
    away.className = "picture-drop";
    away.textContent = "×";
    away.setAttribute("aria-label", field.dataset.remove);
    away.addEventListener("click", () => tile.remove());
    tile.replaceChildren(again, away);
  }

  function dressed(tile) {
    const button = tile.querySelector(".picture-drop");
    button.hidden = false;
    button.type = "button";
    button.addEventListener("click", () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      // What is not taken away now is forgotten by the server after a day.
      fetch(button.formAction, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
      tile.remove();
      gather();
      input.focus();
    });
  }

  function gather() {
    codes.value = [...list.children].map((tile) => tile.dataset.code).filter(Boolean).join(" ");
    form.dispatchEvent(new Event("change"));
  }
}

// A photograph of eight megabytes is sent as one of half a megabyte; what cannot be drawn here goes as it is.
async function smaller(file) {
  if (file.size < ENOUGH || !("createImageBitmap" in window)) return file;
  try {
    const drawn = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(drawn.width * scale);
    canvas.height = Math.round(drawn.height * scale);
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made && made.size < file.size ? made : file;
  } catch {
    return file;
  }
}
