// The ways out of a chat: to an article, to a page, to the camera. One set for each phone.
import { Browser } from "./browser.js";
import { Reader, slugOf } from "./reader.js";
import { Scanner } from "./scan.js";

export function doors(phone) {
  const put = (place, one) => {
    phone[place]?.close();
    phone[place] = one;
    // Closed, it gives the keyboard back to what opened it.
    const before = document.activeElement;
    const close = one.close.bind(one);
    one.close = () => {
      close();
      if (before?.isConnected) before.focus();
    };
    phone.view.append(one.element);
    one.element.querySelector("button").focus();
    return one;
  };
  return {
    openArticle: (url) => put("reader", new Reader(phone, slugOf(url), url)),
    openPage: (url, title) => (slugOf(url) ? put("reader", new Reader(phone, slugOf(url), url)) : put("browser", new Browser(phone, url, title))),
    // Without `take` the phone does what the code says; with it (wx.scanQRCode) the page gets the text.
    scan: (take) => put("scanner", new Scanner(phone, take)),
  };
}
