// What the chat can send besides words: each opens its panel and puts what was chosen into the chat.
import { writeLink } from "./link.js";
import { choosePictures } from "./pictures.js";
import { choosePlace } from "./place.js";
import { chooseVideo, recordVoice } from "./recordings.js";

export function sendPictures(chat) {
  return choosePictures(chat.phone, { use: (pictures) => {
    for (const { blob, address } of pictures) {
      chat.send({ type: "image" }, { type: "image", url: address }, [{ field: "media_id", kind: "image", blob }]);
    }
  } });
}

export function sendVoice(chat) {
  return recordVoice(chat.phone, (voice) => void chat.send({ type: "voice", ...voice }, { type: "voice", data: voice }));
}

export function sendVideo(chat) {
  return chooseVideo(chat.phone, ({ blob, thumb, seconds, isShort, name }) => {
    const type = isShort ? "shortvideo" : "video";
    const files = name
      ? [{ field: "media_id", kind: "video", blob, needsThumb: true }]
      : [{ field: "media_id", kind: "video", blob }, { field: "thumb_media_id", kind: "thumb", blob: thumb.blob }];
    chat.send({ type, seconds }, { type, data: { seconds, thumb_url: thumb.address } }, files);
  });
}

export function sendPlace(chat) {
  return choosePlace(chat.phone, (place) => void chat.send({ type: "location", ...place }, { type: "location", data: place }));
}

export function sendLink(chat) {
  return writeLink(chat.phone, ({ title, description, url }) =>
    void chat.send({ type: "link", title, description, url }, { type: "link", url, data: { title, description } }));
}
