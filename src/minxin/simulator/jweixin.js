// The JS-SDK of the simulator's phone: what a page loads here in place of Tencent's jweixin.
// It asks the phone around it by postMessage; the phone has the simulator check and act.
(function () {
  "use strict";
  var METHODS = [
    "checkJsApi", "chooseImage", "getLocalImgData", "uploadImage", "getLocation", "scanQRCode",
    "updateAppMessageShareData", "updateTimelineShareData", "closeWindow", "hideOptionMenu", "showOptionMenu",
  ];
  var inPhone = window.parent !== window;
  var waiting = {};
  var count = 0;
  var state = "new"; // new, asking, ready, refused
  var whenReady = [];
  var whenWrong = [];
  var refusal = null;

  function ask(name, values, done) {
    if (!inPhone) return done({ errMsg: name + ":fail" });
    count += 1;
    waiting[count] = done;
    window.parent.postMessage(
      { wx: name, id: count, values: values, url: location.href.split("#")[0] }, "*");
    return undefined;
  }

  window.addEventListener("message", function (event) {
    var told = event.data;
    if (event.source !== window.parent || !told || !told.wx || !waiting[told.id]) return;
    var done = waiting[told.id];
    delete waiting[told.id];
    done(told.result);
  });

  // Only data goes to the phone; functions stay here.
  function data(options) {
    var found = {};
    Object.keys(options).forEach(function (key) {
      if (typeof options[key] !== "function") found[key] = options[key];
    });
    return JSON.parse(JSON.stringify(found));
  }

  function finish(name, options, result) {
    var outcome = String(result.errMsg).slice(name.length + 1);
    if (outcome === "ok" && options.success) options.success(result);
    else if (outcome === "cancel" && options.cancel) options.cancel(result);
    else if (outcome !== "ok" && outcome !== "cancel" && options.fail) options.fail(result);
    if (options.complete) options.complete(result);
  }

  var wx = {
    config: function (options) {
      state = "asking";
      var asked = data(options || {});
      ask("config", asked, function (result) {
        if (asked.debug) alert(JSON.stringify(result));
        if (result.errMsg === "config:ok") {
          state = "ready";
          if ((asked.openTagList || []).indexOf("wx-open-subscribe") >= 0) openSubscribe();
          whenReady.splice(0).forEach(function (callback) { callback(); });
        } else {
          state = "refused";
          refusal = result;
          whenWrong.forEach(function (callback) { callback(result); });
        }
      });
    },
    ready: function (callback) {
      if (state === "ready") callback();
      else whenReady.push(callback);
    },
    error: function (callback) {
      whenWrong.push(callback);
      if (state === "refused") callback(refusal);
    },
  };

  // <wx-open-subscribe template="...">: a button inside it, cut off from the page's style; a tap asks her.
  function openSubscribe() {
    if (customElements.get("wx-open-subscribe")) return;
    customElements.define("wx-open-subscribe", class extends HTMLElement {
      connectedCallback() {
        var inner = this.querySelector("script[type='text/wxtag-template'], template");
        if (!inner || this.shadowRoot) return;
        var root = this.attachShadow({ mode: "open" });
        var rules = "";
        var words = (inner.localName === "template" ? inner.innerHTML : inner.textContent)
          .replace(/<style[^>]*>([\s\S]*?)<\/style>/g, function (_whole, css) { rules += css; return ""; });
        var sheet = new CSSStyleSheet();
        sheet.replaceSync(rules);
        root.adoptedStyleSheets = [sheet];
        root.append.apply(root, new DOMParser().parseFromString(words, "text/html").body.childNodes);
        var tag = this;
        root.addEventListener("click", function () {
          var ids = String(tag.getAttribute("template")).split(",");
          ask("subscribe", { templates: ids }, function (result) {
            var name = result.errMsg === "subscribe:ok" ? "success" : "error";
            tag.dispatchEvent(new CustomEvent(name, { detail: result }));
          });
        });
      }
    });
  }

  METHODS.forEach(function (name) {
    wx[name] = function (options) {
      var given = options || {};
      ask(name, data(given), function (result) { finish(name, given, result); });
    };
  });
  window.wx = wx;
  window.jWeixin = wx;
})();
