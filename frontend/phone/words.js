// Text as WeChat shows it: <a href>, bare addresses, and links that say something.
import { h } from "./dom.js";
import { withFaces } from "./faces.js";

const LINK = /<a\s[^>]*?href\s*=\s*(["'])(.*?)\1[^>]*>([\s\S]*?)<\/a>|https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+/gi;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

const plain = (text) =>
  text
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");

// What an address does: a page to open, or words to say (weixin://bizmsgmenu).
export function target(address) {
  if (address.startsWith("weixin://bizmsgmenu?")) {
    const values = new URLSearchParams(address.slice(address.indexOf("?") + 1));
    return { say: values.get("msgmenucontent") ?? "", menuId: values.get("msgmenuid") ?? "" };
  }
  return /^https?:\/\//i.test(address) ? { open: address } : null;
}

// Nodes for a text. `tap` receives {open} or {say, menuId} and the words of the link.
export function nodes(text, tap) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    if (match.index > from) found.push(...withFaces(text.slice(from, match.index)));
    from = match.index + match[0].length;
    const address = plain(match[2] ?? match[0]);
    const words = match[2] === undefined ? match[0] : match[3].replace(/<[^>]*>/g, "");
    const does = target(address);
    found.push(
      does
        ? h("button.link", { type: "button", onclick: () => tap(does, words) }, words)
        : words,
    );
  }
  if (from < text.length) found.push(...withFaces(text.slice(from)));
  return found;
}

export const withoutTags = (text) => text.replace(/<a\s[^>]*>([\s\S]*?)<\/a>/gi, "$1");

// Cookies do not know ports, so each citizen's pages open on a host of her own.
export function addressFor(citizen, address) {
  const url = new URL(address, location.href);
  if (LOOPBACK.has(url.hostname)) url.hostname = `c${citizen}.localhost`;
  return url.href;
}
