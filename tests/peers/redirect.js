// Loaded first (node -r): what is meant for WeChat's hosts goes to the simulator instead.
const http = require("node:http");
const https = require("node:https");

const there = new URL(process.env.SIMULATOR);
const hosts = /^(api|mp|open|file\.api)\.weixin\.qq\.com$/;

function redirected(original) {
  return function request(...all) {
    const callback = all.find((one) => typeof one === "function");
    const options = {};
    for (const one of all) {
      if (typeof one === "string" || one instanceof URL) {
        const url = new URL(one);
        Object.assign(options, { host: url.hostname, hostname: url.hostname, path: url.pathname + url.search });
      } else if (one && typeof one === "object") Object.assign(options, one);
    }
    const host = options.hostname ?? options.host ?? "";
    if (!hosts.test(host)) return original.apply(this, all);
    const headers = { ...options.headers };
    for (const name of Object.keys(headers)) if (name.toLowerCase() === "host") delete headers[name];
    const changed = {
      ...options, headers, protocol: "http:", host: there.hostname, hostname: there.hostname, port: there.port,
      agent: undefined, servername: undefined, href: undefined,
    };
    return http.request(changed, callback);
  };
}

for (const module of [https, http]) {
  const original = module.request;
  module.request = redirected(original);
  module.get = function get(...all) {
    const request = module.request(...all);
    request.end();
    return request;
  };
}
