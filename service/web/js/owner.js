/**
 * The token that this browser's conversations belong to. It stays with the browser, and only who holds it can list them;
 * whoever clears the browser's data gives them up.
 */

const OWNER = "dangjian.owner";
const BYTES = 24;
let remembered = "";

/** @returns {string} the token; one for this visit only where the browser keeps nothing */
export function owner() {
  if (remembered) return remembered;
  try {
    remembered = localStorage.getItem(OWNER) ?? "";
  } catch {
    // storage is switched off
  }
  if (!/^[A-Za-z0-9_-]{16,64}$/u.test(remembered)) {
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    remembered = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      localStorage.setItem(OWNER, remembered);
    } catch {
      // kept in memory alone
    }
  }
  return remembered;
}
