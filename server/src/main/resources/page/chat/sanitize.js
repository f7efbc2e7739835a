// The wall between what a model says and the document. Nothing becomes HTML but through here.

import "../vendor/dompurify.js"; // no module: it sets this global
const purify = globalThis.DOMPurify;

const PROSE = {
  ALLOWED_TAGS: [
    ..."p a em strong del code pre blockquote ul ol li table thead tbody tr th td h3 h4 h5 h6 hr br".split(" "),
  ],
  ALLOWED_ATTR: ["href", "title", "align", "start", "class"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ADD_URI_SAFE_ATTR: ["align", "start"],
  RETURN_DOM_FRAGMENT: true,
};
const CODE = { ALLOWED_TAGS: ["span"], ALLOWED_ATTR: ["class"], RETURN_DOM_FRAGMENT: true };

purify.addHook("uponSanitizeAttribute", (_, attribute) => {
  if (attribute.attrName === "class") attribute.keepAttr = /^(language-\S+|hljs-[\w -]+)$/.test(attribute.attrValue);
});
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName !== "A") return;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
});

/** A fragment with what is harmless in the HTML of a text. */
export function prose(html) {
  return purify.sanitize(html, PROSE);
}

/** A fragment with what is harmless in the HTML of highlighted code. */
export function highlighted(html) {
  return purify.sanitize(html, CODE);
}
