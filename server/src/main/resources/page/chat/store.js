// Conversations in the browser's storage. All pages of this server share them.

const NAME = "conversations";
const UNSAVED = "llamastream.unsaved.";
const others = new BroadcastChannel("llamastream");

const opening = new Promise((resolve, reject) => {
  const request = indexedDB.open("llamastream", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(NAME, { keyPath: "id" });
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export async function all() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(UNSAVED))) {
    await save(JSON.parse(localStorage.getItem(key)));
  }
  return done((await store("readonly")).getAll());
}

/** Undefined if there is none. */
export async function get(id) {
  return done((await store("readonly")).get(id));
}

export async function save(conversation) {
  await done((await store("readwrite")).put(conversation));
  localStorage.removeItem(UNSAVED + conversation.id);
  others.postMessage(conversation.id);
}

/** Saves it when the page goes: the database would not be done in time. */
export function saveAtOnce(conversation) {
  try {
    localStorage.setItem(UNSAVED + conversation.id, JSON.stringify(conversation));
  } catch {
    // too large: what the database has stays
  }
}

export async function remove(id) {
  await done((await store("readwrite")).delete(id));
  others.postMessage(id);
}

/** Calls the listener with the id of a conversation that another page saved or removed. */
export function onChange(listener) {
  others.addEventListener("message", (event) => listener(event.data));
}

async function store(mode) {
  const database = await opening;
  return database.transaction(NAME, mode).objectStore(NAME);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
