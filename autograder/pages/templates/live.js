"use strict";
// Texts of others come in by textContent alone.
const EVERY_MS = 1000;
const PATIENCE_MS = 8000;
const FAILURES = 3;
const REFRESH_MS = 5000;
const SVG_WIDTH = 100;
const SVG_HEIGHT = 40;

const find = (id) => document.getElementById(id);
const title = document.body.dataset.title;
const tones = { GRADED: "good", INTERNAL_ERROR: "bad" };
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

function setBar(bar, share) {
  const percent = 100 * Math.min(1, Math.max(0, share));
  bar.firstElementChild.style.width = `${percent}%`;
  bar.setAttribute("aria-valuenow", Math.round(percent));
}

// What runs -------------------------------------------------------------------------------------

const cards = new Map();

function line(values, at, most) {
  let path = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (value === null) {
      pen = "M";
      return;
    }
    const x = SVG_WIDTH * Math.min(1, at[index]);
    const y = SVG_HEIGHT - (SVG_HEIGHT - 2) * (value / most);
    path += `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
    pen = "L";
  });
  // One point alone is a dot: a line of no length with round ends.
  return path && !path.includes("L") ? `${path}h0` : path;
}

function setCurve(box, training, validation, at, most) {
  const last = (values) => (values.at(-1) ?? null) === null ? "–" : values.at(-1).toFixed(3);
  const [shownTraining, shownValidation] = box.querySelectorAll("b");
  shownTraining.textContent = last(training);
  shownValidation.textContent = last(validation);
  const [trainingPath, validationPath] = box.querySelectorAll("path");
  trainingPath.setAttribute("d", line(training, at, most));
  validationPath.setAttribute("d", line(validation, at, most));
}

function setCurves(box, one) {
  const { steps, loss, validation_loss, accuracy, validation_accuracy } = one.curves;
  box.hidden = steps.length === 0;
  if (box.hidden) return;
  const whole = Math.max(one.steps, ...steps, 1);
  const at = steps.map((step) => step / whole);
  const [lossBox, accuracyBox] = box.querySelectorAll(".curve");
  const most = Math.max(...loss, ...validation_loss, 1e-6);
  setCurve(lossBox, loss, validation_loss, at, most);
  setCurve(accuracyBox, accuracy, validation_accuracy, at, 1);
  box.querySelector(".epochs").textContent = count(one.epochs, "epoch");
}

function newCard(one) {
  const card = find("card").content.firstElementChild.cloneNode(true);
  card.querySelector(".id").textContent = one.shown_id;
  card.querySelector(".name").textContent = one.name;
  find("cards").append(card);
  return card;
}

function showRunning(running) {
  const current = new Set(running.map((one) => one.id));
  for (const [id, card] of cards) {
    if (current.has(id)) continue;
    card.remove();
    cards.delete(id);
  }
  for (const one of running) {
    if (!cards.has(one.id)) cards.set(one.id, newCard(one));
    const card = cards.get(one.id);
    card.querySelector(".stage").textContent = one.stage;
    card.querySelector(".for").textContent = ` · for ${one.running_for}`;
    setBar(card.querySelector(".bar"), one.steps ? one.step / one.steps : 0);
    const left = one.left && one.step < one.steps ? ` · ${one.left} left of this training` : "";
    card.querySelector(".steps").textContent = one.steps
      ? `step ${one.step} of ${one.steps}${left}`
      : "";
    setCurves(card.querySelector(".curves"), one);
  }
  find("under-way").hidden = running.length === 0;
}

// What is done ----------------------------------------------------------------------------------

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function finishedLine(one) {
  const item = document.createElement("li");
  const link = element("a", "");
  link.append(element("bdi", one.shown_id));
  link.href = `submissions/${encodeURIComponent(one.id)}/report.html`;
  link.target = "_blank";
  link.rel = "noopener";
  item.append(link);
  if (one.name) item.append(element("bdi", one.name, "muted"));
  item.append(element("span", one.verdict, `badge ${tones[one.verdict] ?? "warn"}`));
  if (one.cached) item.append(element("span", "as before", "muted small"));
  const points = one.score === null ? "no score" : `${one.score.toFixed(2)} of ${one.max_score}`;
  const f1 = one.macro_f1 === null ? "" : ` · macro-F1 ${one.macro_f1.toFixed(3)}`;
  item.append(element("span", points + f1, "score"));
  return item;
}

let shownLatest = "";

function showFinished(state) {
  const now = JSON.stringify(state.latest);
  if (now === shownLatest) return;  // links keep the focus
  shownLatest = now;
  find("latest").replaceChildren(...state.latest.map(finishedLine));
  find("lately").hidden = state.latest.length === 0;
}

// The page of the class -------------------------------------------------------------------------

const frame = find("frame");
const refresh = find("refresh");
let framed = 0;
let framedAt = -Infinity;
let finished = 0;
let inUse = false;

function loadClass() {
  framed = finished;
  framedAt = performance.now();
  refresh.hidden = true;
  find("class").hidden = false;
  frame.contentWindow.location.replace(new URL("index.html", location.href));
}

function showClass(state) {
  finished = state.finished;
  const newer = finished - framed;
  if (newer === 0 && !state.over) return;
  // Who sorts or filters is not disturbed.
  if (inUse) {
    refresh.textContent = newer ? `Show ${count(newer, "newer result")}` : "Show the last word";
    refresh.hidden = false;
  } else if (state.over || performance.now() - framedAt > REFRESH_MS) {
    loadClass();
  }
}

function fit() {
  const body = frame.contentDocument?.body;
  if (body) frame.style.height = `${Math.ceil(body.getBoundingClientRect().height)}px`;
}

frame.addEventListener("load", () => {
  const inside = frame.contentDocument;
  if (!inside || inside.URL === "about:blank") return;
  inUse = false;
  new ResizeObserver(fit).observe(inside.body);
  for (const link of inside.querySelectorAll("a[href]:not([href^='#'])")) {
    link.setAttribute("target", "_blank");  // those in drawings have no property for it
    link.setAttribute("rel", "noopener");
  }
  inside.querySelector("h1")?.remove();
  inside.addEventListener("input", () => { inUse = true; });
  inside.addEventListener("click", (event) => {
    if (event.target.closest("button, [data-filter]")) inUse = true;
  });
});
refresh.addEventListener("click", loadClass);

// The whole -------------------------------------------------------------------------------------

function setBadge(text, tone) {
  find("badge").textContent = text;
  find("badge").className = `badge ${tone}`;
}

function show(state) {
  const { total, finished: done, running, waiting, left, over } = state;
  find("done").textContent = `${done} of ${total}`;
  find("left").textContent = left ? `${left} left` : "";
  find("since").textContent = `for ${state.running_for}`;
  find("counts").textContent = over
    ? ""
    : `${done} finished, ${running.length} under way, ${waiting} waiting`;
  setBar(find("whole"), total ? done / total : 1);
  document.title = `${done}/${total}${left ? ` · ${left} left` : ""} · ${title}`;
  setBadge(over ? "Over" : "Grading", over ? "good" : "accent");
  find("over").hidden = !over;
  if (over) {
    find("class-title").textContent = "The class";
    find("own-tab").hidden = true;
  }
  find("gone").hidden = true;
  showRunning(running);
  showFinished(state);
  showClass(state);
}

function showGone() {
  setBadge("No answer", "warn");
  find("left").textContent = "";
  find("gone").hidden = false;
  document.title = `no answer · ${title}`;
}

let failures = 0;
let timer = 0;
let asking = false;

async function fetchState() {
  try {
    const response = await fetch("state.json", { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function ask() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  const state = await fetchState();
  asking = false;
  failures = state ? 0 : failures + 1;
  if (!state?.over) timer = setTimeout(ask, failures > FAILURES ? 5 * EVERY_MS : EVERY_MS);
  if (state) show(state);
  else if (failures >= FAILURES) showGone();
}

// After sleep, and where a hidden tab's clock is slowed down.
const wake = () => { if (!document.hidden && find("over").hidden) ask(); };
document.addEventListener("visibilitychange", wake);
addEventListener("online", wake);
ask();
