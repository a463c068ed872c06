// The simulator's clock, and times as WeChat writes them, in China's time.
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
const DAY = 86400;

export const clock = {
  now: Date.now() / 1000,
  rate: 1,
  frozen: false,
  is_wall_time: true,
  heard: performance.now(),
  hear(state) {
    Object.assign(this, state, { heard: performance.now() });
  },
  seconds() {
    if (this.frozen) return this.now;
    return this.now + ((performance.now() - this.heard) / 1000) * this.rate;
  },
};

const inChina = (seconds) => new Date((seconds + 8 * 3600) * 1000);
const two = (number) => String(number).padStart(2, "0");
const dayOf = (seconds) => Math.floor((seconds + 8 * 3600) / DAY);

export function hours(seconds, withSeconds = false) {
  const at = inChina(seconds);
  const text = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return withSeconds ? `${text}:${two(at.getUTCSeconds())}` : text;
}

export function date(seconds) {
  const at = inChina(seconds);
  return `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${WEEKDAYS[at.getUTCDay()]}`;
}

function dayName(seconds, now) {
  const apart = dayOf(now) - dayOf(seconds);
  const at = inChina(seconds);
  if (apart === 0) return "";
  if (apart === 1) return "昨天";
  if (apart > 1 && apart < 7) return WEEKDAYS[at.getUTCDay()];
  const day = `${at.getUTCMonth() + 1}月${at.getUTCDate()}日`;
  return at.getUTCFullYear() === inChina(now).getUTCFullYear() ? day : `${at.getUTCFullYear()}年${day}`;
}

export const inList = (seconds) => dayName(seconds, clock.seconds()) || hours(seconds);
export const inChat = (seconds) => `${dayName(seconds, clock.seconds())} ${hours(seconds)}`.trim();
export const STAMP_AFTER = 300;
