// The notice she may agree to: WeChat's own button asks her, and its answer goes to the server as a form.
import { isOffered, openTags } from "./wechat.js";

const TAG = "wx-open-subscribe";

export async function noticeOffer(place) {
  if (!isOffered()) return;
  try {
    await openTags();
  } catch {
    return; // WeChat does not let this page: nothing is offered
  }
  const template = place.dataset.noticeOffer;
  const form = place.querySelector("form");
  const told = place.querySelector("[data-notice-told]");
  const tag = document.createElement(TAG);
  tag.setAttribute("template", template);
  const inner = document.createElement("script");
  inner.type = "text/wxtag-template";
  inner.textContent = button(form.dataset.agrees, getComputedStyle(document.body).fontSize);
  tag.append(inner);
  tag.addEventListener("success", (event) => {
    if (hasAccepted(event.detail?.subscribeDetails, template)) form.requestSubmit();
    else told.textContent = told.dataset.refused;
  });
  tag.addEventListener("error", () => (told.textContent = told.dataset.failed));
  form.append(tag);
  place.hidden = false;
}

// WeChat says {"template": "{\"status\":\"accept\"}"}.
function hasAccepted(details, template) {
  try {
    const given = JSON.parse(details)[template];
    return (typeof given === "string" ? JSON.parse(given) : given).status === "accept";
  } catch {
    return false;
  }
}

// What stands inside the tag is cut off from the page's own style.
function button(words, size) {
  return `<style>.agree{box-sizing:border-box;width:100%;min-height:3rem;padding:.6em 1em;border:1px solid #767676;border-radius:8px;background:#fff;color:#1f1f1f;font:inherit;font-size:${size}}.agree:focus-visible{outline:3px solid #1f4e79}</style><button class="agree" type="button">${words}</button>`;
}
