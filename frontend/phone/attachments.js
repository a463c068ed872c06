// Files she picks: what WeChat takes, how large, and how they are read here.
const MB = 1024 * 1024;
const LIMITS = { image: [10 * MB, "图片", "10 MB"], video: [10 * MB, "视频", "10 MB"] };
const PICTURES = ["image/png", "image/jpeg", "image/gif"];

export function tooLarge(kind, size) {
  const [limit, words, most] = LIMITS[kind];
  return size > limit ? `${words}太大，不能超过 ${most}，请换一个小一些的` : "";
}

export function asAddress(blob) {
  return new Promise((done, refuse) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => refuse(new Error("这个文件读不出来，请换一个")));
    reader.readAsDataURL(blob);
  });
}

// A picked file as a picture that WeChat sends; other kinds are made into JPG, as WeChat does.
export async function asPicture(file) {
  let blob = file;
  if (!PICTURES.includes(file.type)) {
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (!bitmap) throw new Error(`“${file.name}”不是图片，请选 PNG、JPG 或 GIF 格式的文件`);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  }
  const problem = tooLarge("image", blob.size);
  if (problem) throw new Error(problem);
  return { blob, address: await asAddress(blob) };
}
