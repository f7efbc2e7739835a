// Light or dark: as the system has it, unless the person chooses.

const KEY = "llamastream.appearance";

/** @param radios named appearance; their values are system, light and dark */
export function appearance(radios) {
  const chosen = localStorage.getItem(KEY) ?? "system";
  document.documentElement.dataset.appearance = chosen;
  for (const radio of radios) {
    radio.checked = radio.value === chosen;
    radio.addEventListener("change", () => {
      document.documentElement.dataset.appearance = radio.value;
      localStorage.setItem(KEY, radio.value);
    });
  }
}
