"""The tables of the simulator's one SQLite file."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
  app_id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  verified INTEGER NOT NULL, principal TEXT NOT NULL, original_id TEXT NOT NULL UNIQUE,
  secret TEXT NOT NULL, token TEXT NOT NULL, aes_key TEXT NOT NULL, mode TEXT NOT NULL,
  format TEXT NOT NULL, callback_url TEXT NOT NULL, oauth_domain TEXT NOT NULL,
  description TEXT NOT NULL, colour TEXT NOT NULL, letter TEXT NOT NULL, menu TEXT,
  created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS citizens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, nickname TEXT NOT NULL, colour TEXT NOT NULL,
  created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS followers (
  app_id TEXT NOT NULL, openid TEXT NOT NULL, citizen INTEGER NOT NULL, is_following INTEGER NOT NULL,
  is_blocked INTEGER NOT NULL DEFAULT 0, followed_at REAL, unfollowed_at REAL,
  subscribe_scene TEXT NOT NULL DEFAULT 'ADD_SCENE_SEARCH', qr_scene TEXT NOT NULL DEFAULT '',
  last_act_at REAL NOT NULL DEFAULT 0, is_typing_until REAL NOT NULL DEFAULT 0,
  read_upto INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (openid), UNIQUE (app_id, citizen)
);
CREATE INDEX IF NOT EXISTS followers_of_account ON followers (app_id, is_following);
CREATE TABLE IF NOT EXISTS windows (
  openid TEXT NOT NULL, cause TEXT NOT NULL, until REAL NOT NULL, left INTEGER NOT NULL,
  PRIMARY KEY (openid, cause)
);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, openid TEXT NOT NULL, at REAL NOT NULL,
  sender TEXT NOT NULL, via TEXT, type TEXT NOT NULL, content TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_chat ON messages (openid, id);
CREATE TABLE IF NOT EXISTS tokens (
  value TEXT PRIMARY KEY, app_id TEXT NOT NULL, chain TEXT NOT NULL, issued_at REAL NOT NULL,
  expires_at REAL NOT NULL, is_latest INTEGER NOT NULL, is_killed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS tokens_of_account ON tokens (app_id, chain, is_latest);
CREATE TABLE IF NOT EXISTS counters (
  app_id TEXT NOT NULL, name TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (app_id, name, day)
);
CREATE TABLE IF NOT EXISTS codes (
  code TEXT PRIMARY KEY, app_id TEXT NOT NULL, openid TEXT NOT NULL, scope TEXT NOT NULL,
  expires_at REAL NOT NULL, is_used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grants (
  access_token TEXT PRIMARY KEY, refresh_token TEXT NOT NULL, app_id TEXT NOT NULL,
  openid TEXT NOT NULL, scope TEXT NOT NULL, expires_at REAL NOT NULL, refresh_until REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS grants_by_refresh ON grants (refresh_token);
CREATE TABLE IF NOT EXISTS consents (
  ticket TEXT PRIMARY KEY, app_id TEXT NOT NULL, openid TEXT NOT NULL, scope TEXT NOT NULL,
  address TEXT NOT NULL, state TEXT NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS media (
  media_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
  content_type TEXT NOT NULL, body BLOB NOT NULL, created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT, endpoint TEXT NOT NULL, kind TEXT NOT NULL,
  times_left INTEGER, probability REAL, args TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS exchanges (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, app_id TEXT NOT NULL, openid TEXT,
  direction TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, tries INTEGER NOT NULL,
  elapsed_ms REAL NOT NULL, detail TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, due_at REAL NOT NULL, kind TEXT NOT NULL, args TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due_at);
CREATE TABLE IF NOT EXISTS refusals (
  rid TEXT PRIMARY KEY, app_id TEXT, at REAL NOT NULL, path TEXT NOT NULL, request TEXT NOT NULL,
  response TEXT NOT NULL, address TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refusals_by_time ON refusals (at);
CREATE TABLE IF NOT EXISTS tags (
  app_id TEXT NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (app_id, id),
  UNIQUE (app_id, name)
);
CREATE TABLE IF NOT EXISTS taggings (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, openid TEXT NOT NULL,
  tag INTEGER NOT NULL, UNIQUE (openid, tag)
);
CREATE INDEX IF NOT EXISTS taggings_of_tag ON taggings (app_id, tag, id);
CREATE TABLE IF NOT EXISTS former_openids (
  app_id TEXT NOT NULL, openid TEXT NOT NULL, former_app_id TEXT NOT NULL, former TEXT NOT NULL,
  PRIMARY KEY (former_app_id, former, app_id)
);
CREATE TABLE IF NOT EXISTS materials (
  media_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
  content_type TEXT NOT NULL, body BLOB NOT NULL, title TEXT NOT NULL DEFAULT '',
  introduction TEXT NOT NULL DEFAULT '', updated_at REAL NOT NULL, number INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS materials_of_account ON materials (app_id, type, number);
CREATE TABLE IF NOT EXISTS drafts (
  media_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, articles TEXT NOT NULL, created_at REAL NOT NULL,
  updated_at REAL NOT NULL, number INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS drafts_of_account ON drafts (app_id, number);
CREATE TABLE IF NOT EXISTS publications (
  publish_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, status INTEGER NOT NULL, media_id TEXT NOT NULL,
  article_id TEXT NOT NULL DEFAULT '', msg_data_id INTEGER NOT NULL, submitted_at REAL NOT NULL,
  failed TEXT NOT NULL DEFAULT '[]', snapshot TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS publications_of_account ON publications (app_id, submitted_at);
CREATE TABLE IF NOT EXISTS articles (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, article_id TEXT NOT NULL,
  idx INTEGER NOT NULL, msg_data_id INTEGER NOT NULL, slug TEXT NOT NULL UNIQUE,
  content TEXT NOT NULL, was_notified INTEGER NOT NULL, published_at REAL NOT NULL,
  updated_at REAL NOT NULL, is_deleted INTEGER NOT NULL DEFAULT 0,
  can_comment INTEGER NOT NULL DEFAULT 0, only_followers_comment INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS articles_of_account ON articles (app_id, published_at);
CREATE INDEX IF NOT EXISTS articles_of_set ON articles (article_id, idx);
CREATE INDEX IF NOT EXISTS articles_of_data ON articles (msg_data_id, idx);
CREATE TABLE IF NOT EXISTS article_acts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, article INTEGER NOT NULL,
  citizen INTEGER NOT NULL, at REAL NOT NULL, day TEXT NOT NULL, act TEXT NOT NULL,
  scene INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS article_acts_by_day ON article_acts (app_id, day, article);
CREATE INDEX IF NOT EXISTS article_acts_of_article ON article_acts (article, act, citizen);
CREATE TABLE IF NOT EXISTS comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, article INTEGER NOT NULL,
  number INTEGER NOT NULL, citizen INTEGER NOT NULL, openid TEXT NOT NULL, at REAL NOT NULL,
  content TEXT NOT NULL, is_elected INTEGER NOT NULL DEFAULT 0, reply TEXT NOT NULL DEFAULT '',
  replied_at REAL, UNIQUE (article, number)
);
CREATE TABLE IF NOT EXISTS mass_sends (
  msg_id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, msg_data_id INTEGER NOT NULL,
  client_id TEXT NOT NULL, at REAL NOT NULL, audience TEXT NOT NULL, content TEXT NOT NULL,
  status TEXT NOT NULL, total INTEGER NOT NULL DEFAULT 0, filtered INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS mass_sends_by_client ON mass_sends (app_id, client_id);
CREATE TABLE IF NOT EXISTS mass_received (
  openid TEXT NOT NULL, month TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (openid, month)
);
CREATE TABLE IF NOT EXISTS templates (
  template_id TEXT PRIMARY KEY, app_id TEXT NOT NULL, kind TEXT NOT NULL, library_id TEXT NOT NULL,
  title TEXT NOT NULL, content TEXT NOT NULL, example TEXT NOT NULL, category TEXT NOT NULL,
  scene TEXT NOT NULL DEFAULT '', is_long_term INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS templates_of_account ON templates (app_id, kind, created_at);
CREATE TABLE IF NOT EXISTS notice_sends (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, openid TEXT NOT NULL,
  kind TEXT NOT NULL, client_id TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL,
  msg_id INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS notice_sends_by_client ON notice_sends (openid, client_id);
CREATE INDEX IF NOT EXISTS notice_sends_by_digest ON notice_sends (openid, digest);
CREATE TABLE IF NOT EXISTS intercepted_notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, msg_id INTEGER NOT NULL,
  openid TEXT NOT NULL, title TEXT NOT NULL, content TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS notice_consents (
  openid TEXT NOT NULL, template_id TEXT NOT NULL, sends_left INTEGER NOT NULL,
  is_refused INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (openid, template_id)
);
CREATE TABLE IF NOT EXISTS conditional_menus (
  menu_id INTEGER PRIMARY KEY, app_id TEXT NOT NULL, buttons TEXT NOT NULL, rule TEXT NOT NULL,
  created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS qr_codes (
  ticket TEXT PRIMARY KEY, app_id TEXT NOT NULL, scene TEXT NOT NULL, is_text INTEGER NOT NULL,
  is_permanent INTEGER NOT NULL, expires_at REAL, url TEXT NOT NULL UNIQUE
);
CREATE INDEX IF NOT EXISTS qr_codes_of_account ON qr_codes (app_id, is_permanent);
CREATE TABLE IF NOT EXISTS short_keys (
  short_key TEXT PRIMARY KEY, app_id TEXT NOT NULL, data TEXT NOT NULL, created_at REAL NOT NULL,
  expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS js_tickets (
  app_id TEXT NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, expires_at REAL NOT NULL,
  PRIMARY KEY (app_id, type)
);
CREATE TABLE IF NOT EXISTS agents (
  app_id TEXT NOT NULL, account TEXT NOT NULL, number INTEGER NOT NULL, nickname TEXT NOT NULL,
  picture TEXT NOT NULL DEFAULT '', wechat TEXT NOT NULL DEFAULT '', invited TEXT NOT NULL DEFAULT '',
  invited_at REAL, is_online INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (app_id, account)
);
CREATE TABLE IF NOT EXISTS agent_sessions (
  app_id TEXT NOT NULL, openid TEXT NOT NULL, agent TEXT NOT NULL DEFAULT '', began_at REAL NOT NULL,
  latest_at REAL NOT NULL, PRIMARY KEY (app_id, openid)
);
CREATE TABLE IF NOT EXISTS agent_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, openid TEXT NOT NULL,
  agent TEXT NOT NULL, opercode INTEGER NOT NULL, text TEXT NOT NULL, at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS agent_records_by_time ON agent_records (app_id, at);
CREATE TABLE IF NOT EXISTS recognitions (
  app_id TEXT NOT NULL, kind TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (app_id, kind)
);
CREATE TABLE IF NOT EXISTS voices (
  app_id TEXT NOT NULL, voice_id TEXT NOT NULL, added_at REAL NOT NULL, PRIMARY KEY (app_id, voice_id)
);
CREATE TABLE IF NOT EXISTS follow_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, day TEXT NOT NULL, source INTEGER NOT NULL,
  change INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS follow_log_by_day ON follow_log (app_id, day);
CREATE INDEX IF NOT EXISTS messages_by_time ON messages (app_id, sender, at);
CREATE TABLE IF NOT EXISTS callback_hours (
  app_id TEXT NOT NULL, day TEXT NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL,
  failed INTEGER NOT NULL, total_ms REAL NOT NULL, longest_ms REAL NOT NULL,
  PRIMARY KEY (app_id, day, hour)
);
CREATE TABLE IF NOT EXISTS components (
  app_id TEXT PRIMARY KEY, name TEXT NOT NULL, secret TEXT NOT NULL, token TEXT NOT NULL,
  aes_key TEXT NOT NULL, event_url TEXT NOT NULL, message_url TEXT NOT NULL, redirect_domain TEXT NOT NULL,
  ticket TEXT NOT NULL DEFAULT '', ticket_at REAL, is_pushing INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS pre_auth_codes (
  code TEXT PRIMARY KEY, component TEXT NOT NULL, expires_at REAL NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS authorization_codes (
  code TEXT PRIMARY KEY, component TEXT NOT NULL, app_id TEXT NOT NULL, expires_at REAL NOT NULL,
  is_used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS authorizations (
  component TEXT NOT NULL, app_id TEXT NOT NULL, refresh_token TEXT NOT NULL, functions TEXT NOT NULL,
  at REAL NOT NULL, options TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (component, app_id)
);
CREATE TABLE IF NOT EXISTS wecom_apps (
  id INTEGER PRIMARY KEY AUTOINCREMENT, corp_id TEXT NOT NULL, agent_id INTEGER NOT NULL,
  secret TEXT NOT NULL, members TEXT NOT NULL, token TEXT NOT NULL DEFAULT '',
  token_until REAL NOT NULL DEFAULT 0, UNIQUE (corp_id, agent_id)
);
CREATE TABLE IF NOT EXISTS wecom_robots (
  key TEXT PRIMARY KEY, name TEXT NOT NULL, a_minute INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS wecom_received (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, via TEXT NOT NULL,
  recipient TEXT NOT NULL, type TEXT NOT NULL, content TEXT NOT NULL, digest TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS wecom_received_by_digest ON wecom_received (digest, at);
"""

# What a file of an earlier version does not have yet: table, column, definition.
ADDED: tuple[tuple[str, str, str], ...] = (
    ("accounts", "quotas", "TEXT NOT NULL DEFAULT '{}'"),
    ("accounts", "ip_list", "TEXT NOT NULL DEFAULT '[]'"),
    ("accounts", "auto_reply", "TEXT NOT NULL DEFAULT '{}'"),
    ("accounts", "draft_switch", "INTEGER NOT NULL DEFAULT 1"),
    ("accounts", "industry", "TEXT NOT NULL DEFAULT '{}'"),
    ("accounts", "mass_speed", "INTEGER NOT NULL DEFAULT 0"),
    ("accounts", "js_domains", "TEXT NOT NULL DEFAULT '[]'"),
    ("media", "title", "TEXT NOT NULL DEFAULT ''"),
    ("media", "introduction", "TEXT NOT NULL DEFAULT ''"),
    ("media", "speex", "BLOB"),
    ("followers", "remark", "TEXT NOT NULL DEFAULT ''"),
    ("followers", "is_blacklisted", "INTEGER NOT NULL DEFAULT 0"),
    ("followers", "blacklisted_at", "REAL"),
)
