/** Files of a lesson, and printing it. */

import { button, el } from "./dom.js";
import { exportLesson } from "./lessonapi.js";
import { notify } from "./notice.js";
import { problemSentence } from "./problem.js";

/** @typedef {import("./lessonapi.js").Format} Format */

/** How long a browser may need to take a file over, in milliseconds. */
const TAKEN = 60000;
/** @type {[Format, string, string, string][]} */
const FORMATS = [
  ["docx", "Word", "导出讲稿（Word）", "export-docx"],
  ["pptx", "PPT", "导出幻灯片（PPT）", "export-pptx"],
  ["md", "Markdown", "导出文字（Markdown）", "export-md"],
];

/**
 * @param {import("./lessonkeeper.js").Keeper} keeper
 * @returns {HTMLElement[]} buttons with their label
 */
export function exportButtons(keeper) {
  const files = FORMATS.map(([format, text, label, testid]) => {
    const made = button(text, {
      icon: "download",
      class: "plain",
      "aria-label": label,
      title: label,
      "data-testid": testid,
      onclick: async () => {
        if (made.getAttribute("aria-busy") === "true") return;
        made.setAttribute("aria-busy", "true");
        await download(keeper, format);
        made.removeAttribute("aria-busy");
      },
    });
    return made;
  });
  const print = button("打印", { icon: "print", class: "plain", "data-testid": "lesson-print", onclick: () => window.print() });
  return [el("span", { class: "lesson-bar-label", text: "导出" }), ...files, print];
}

/** @param {import("./lessonkeeper.js").Keeper} keeper @param {Format} format */
async function download(keeper, format) {
  if (!(await keeper.save())) {
    // The file is made of what the service has; one without the last changes would be taken for the whole.
    notify("还有修改没有保存，没有导出。请先处理上方的提示。");
    return;
  }
  try {
    const { file, name } = await exportLesson(keeper.lesson.id, format);
    const address = URL.createObjectURL(file);
    const link = el("a", { href: address, download: name || `党课.${format}` });
    document.body.append(link); // some browsers follow only links of the page
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), TAKEN);
    notify("已导出，请在浏览器的下载里查看");
  } catch (error) {
    notify(problemSentence(error));
  }
}
