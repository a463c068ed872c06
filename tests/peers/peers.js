// What independent clients do at the simulator. usage: node -r ./redirect.js peers.js <scenario> <arguments as JSON>
const scenarios = {
  async co_wechat_api({ app_id, secret, openid, cover }) {
    const API = require("co-wechat-api");
    const api = new API(app_id, secret);
    const said = {};
    said.sent = await api.sendText(openid, "补办身份证，本人到任一派出所即可");
    said.user = await api.getUser({ openid });
    said.followers = await api.getFollowers();
    const tag = (await api.createTags("老年人")).tag.id;
    await api.batchTagging([openid], tag);
    said.tags = (await api.getTags()).tags;
    said.of_tag = (await api.getUsersFromTag(tag)).data.openid;
    await api.updateRemark(openid, "菜市场东门");
    await api.createMenu({ button: [{ type: "click", name: "办事", key: "serve" }] });
    said.menu = (await api.getMenu()).menu.button;
    await api.addConditionalMenu({
      button: [{ type: "click", name: "养老", key: "old" }], matchrule: { tag_id: String(tag) },
    });
    said.matched = (await api.tryConditionalMenu(openid)).button;
    said.material = await api.uploadMaterial(cover, "image");
    said.count = await api.getMaterialCount();
    said.listed = (await api.getMaterials("image", 0, 20)).item.map((one) => one.name);
    said.downloaded = (await api.getMaterial(said.material.media_id)).length;
    said.code = await api.createTmpQRCode("window-3", 600);
    said.code_url = api.showQRCodeURL(said.code.ticket);
    said.js = await api.getJsConfig({ debug: false, jsApiList: ["scanQRCode"], url: "http://a.example/m/" });
    said.ips = (await api.getIp()).ip_list;
    const template = (await api.addTemplate("40001")).template_id;
    said.template = await api.sendTemplate(openid, template, "", "", {
      thing1: { value: "居住证签注" }, phrase2: { value: "已受理" }, time3: { value: "2026年11月24日 15:20" },
    });
    said.mass = await api.massSendText("停水通知", true);
    said.status = await api.getMassMessageStatus(said.mass.msg_id);
    await api.addKfAccount("wang@yunxi", "小王");
    said.agents = (await api.getCustomServiceList()).kf_list;
    try {
      await api.getUser({ openid: "oNobody" });
    } catch (error) {
      said.refused = error.code;
    }
    return said;
  },

  async wechat_api({ app_id, secret, openid }) {
    const API = require("wechat-api");
    const api = new API(app_id, secret);
    const call = (name, ...all) =>
      new Promise((resolve, reject) => api[name](...all, (error, found) => (error ? reject(error) : resolve(found))));
    const said = {};
    said.sent = await call("sendText", openid, "您好");
    said.user = await call("getUser", openid);
    await call("createMenu", { button: [{ type: "view", name: "诉求", url: "http://a.example/m/" }] });
    said.menu = (await call("getMenu")).menu.button;
    await call("removeMenu");
    said.refused = await call("getMenu").catch((error) => error.code);
    return said;
  },

  async token_taken_by_another({ app_id, secret, openid }) {
    const API = require("co-wechat-api");
    const [one, other] = [new API(app_id, secret), new API(app_id, secret)];
    await one.getAccessToken();
    await other.getAccessToken();
    const sent = [await one.sendText(openid, "甲"), await other.sendText(openid, "乙")];
    return { sent: sent.map((found) => found.errcode) };
  },

  async easywechat({ app_id, secret, openid, token, aes_key }) {
    const { OfficialAccount } = require("node-easywechat");
    const app = new OfficialAccount({ app_id, secret, token, aes_key });
    const client = app.getClient();
    const user = await client.get("/cgi-bin/user/info", { params: { openid } });
    const draft = await client.post("/cgi-bin/draft/count", { json: {} });
    const ticket = await app.getTicket().getTicket();
    return { user: user.toObject(), draft: draft.toObject(), ticket };
  },

  async oauth({ app_id, secret, code }) {
    const OAuth = require("wechat-oauth");
    const oauth = new OAuth(app_id, secret);
    const call = (name, ...all) =>
      new Promise((resolve, reject) => oauth[name](...all, (error, found) => (error ? reject(error) : resolve(found))));
    const token = await call("getAccessToken", code);
    const user = await call("getUser", token.data.openid);
    const again = await call("getAccessToken", code).catch((error) => error.code);
    return { address: oauth.getAuthorizeURL("http://a.example/", "s", "snsapi_userinfo"), token: token.data, user, again };
  },

  async crypto({ app_id, token, aes_key, encrypted, timestamp, nonce, plain }) {
    const Crypto = require("wechat-crypto");
    const crypto = new Crypto(token, aes_key, app_id);
    const opened = crypto.decrypt(encrypted);
    const sealed = crypto.encrypt(plain);
    return {
      signature: crypto.getSignature(timestamp, nonce, encrypted),
      opened,
      sealed,
      sealed_signature: crypto.getSignature(timestamp, nonce, sealed),
    };
  },
};

const [name, text] = process.argv.slice(2);
scenarios[name](JSON.parse(text)).then(
  (found) => process.stdout.write(JSON.stringify(found)),
  (error) => {
    process.stderr.write(`${error.stack ?? error}\n`);
    process.exit(1);
  },
);
