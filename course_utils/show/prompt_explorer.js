// The explorer of soft tokens (lesson 4): shows the recorded prompts of one start side by side, at
// one moment of their training. All it knows is the JSON in the page; recorded/explorer.json.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const NAMES = { labels: "label words", random: "noise" };
  const COLUMNS = 2; // of tiles, as in the style sheet
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 38, LOW = 14; // of a curve, and of the small one of the length, in pixels
  const NAME = 30; // the room for the name of a level, to the right of a curve
  const state = { start: data.prompts[0].start, moment: 0, token: 0, hovered: null };
  const byId = (id) => document.getElementById(id);
  const two = (hundredths) => (hundredths / 100).toFixed(2);
  const prompts = () => data.prompts.filter((prompt) => prompt.start === state.start);
  const shownToken = () => state.hovered ?? state.token;

  function make(name, className, parent, text) {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  }

  function draw(name, attributes, parent) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  }

  // Words: a blank before the word becomes a faint dot; what cannot be seen becomes its code.
  const visible = (word) => word.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/g,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0")) || "(nothing)";

  function putWord(element, word) {
    element.replaceChildren();
    const bare = word.replace(/^ +/, "");
    if (bare !== word) make("i", "", element, "\u00b7".repeat(word.length - bare.length));
    element.append(visible(bare));
    element.title = JSON.stringify(word);
  }

  const spoken = (word) => visible(word.trim() || word);

  // What the panels are called: the first prompt of a start, and what differs from it.
  function titled(prompt, first) {
    if (prompt.shuffled) return "Shuffled labels";
    return prompt.seed === first.seed ? "True labels" : "Another seed";
  }

  function subtitle(prompt, first) {
    return `${titled(prompt, first) === "Another seed" ? "true labels, " : ""}seed ${prompt.seed}`;
  }

  // Curves. The scales are the same for all prompts, so that they can be compared.
  const all = (key) => data.prompts.flatMap((prompt) => prompt[key].flat());
  const scaleOf = (values, change) => {
    const [low, high] = [Math.min(...values), Math.max(...values)].map(change);
    return (value, height) => height - 3 - (height - 6) * (change(value) - low) / (high - low || 1);
  };
  const SCALES = {
    accuracy: scaleOf([...all("accuracies"), 0.5, 1], (x) => x),
    loss: scaleOf([...all("losses"), Math.LN2], Math.log),
    length: scaleOf([...all("lengths"), 0], (x) => x),
  };

  function putCurve(svg, values, scale, height, level) {
    svg.replaceChildren();
    svg.style.height = `${height}px`;
    const right = Math.max(svg.clientWidth, 40) - 5 - (level ? NAME : 0);
    const x = (i) => 5 + (right - 5) * i / Math.max(values.length - 1, 1);
    const points = values.map((value, i) => `${x(i).toFixed(1)},${scale(value, height).toFixed(1)}`);
    if (level) {
      const y = scale(level.value, height);
      draw("line", { class: "level", x1: 0, x2: right + 5, y1: y, y2: y }, svg);
      draw("text", { class: "level-name", x: right + 8, y: y + 3 }, svg).textContent = level.name;
    }
    draw("polyline", { class: "curve", points: points.join(" ") }, svg);
    const done = points.slice(0, state.moment + 1).join(" ");
    draw("polyline", { class: "done", points: done }, svg);
    const [px, py] = points[state.moment].split(",");
    const point = { class: "point", x: -3.5, y: -3.5, width: 7, height: 7 };
    draw("rect", { ...point, transform: `translate(${px} ${py})` }, svg);
  }

  // Panels
  function buildPanel(prompt, position) {
    const section = byId("panel").content.firstElementChild.cloneNode(true);
    byId("panels").append(section);
    const heading = section.querySelector("h2");
    heading.id = `panel-${position}`;
    section.setAttribute("aria-labelledby", heading.id);
    const list = section.querySelector(".tiles");
    prompt.words[0].forEach((_, token) => {
      const tile = make("div", "tile", list);
      tile.setAttribute("role", "option");
      tile.dataset.token = token;
      make("span", "word", tile);
      make("span", "number", tile);
      tile.addEventListener("pointerenter", (event) => {
        if (event.pointerType === "mouse") hover(token);
      });
      tile.addEventListener("focus", () => select(token, position));
      tile.addEventListener("click", () => tile.focus());
    });
    list.addEventListener("pointerleave", () => hover(null));
    list.addEventListener("keydown", (event) => moveFocus(event, list));
    for (let i = 0; i < prompt.words[0][0].length; i++) {
      const row = make("li", "", section.querySelector("ol"));
      make("span", "word", row);
      make("i", "", make("span", "bar", row));
      make("span", "number", row);
    }
  }

  function putPanel(section, prompt, first) {
    const { moment } = state;
    const heading = section.querySelector("h2");
    heading.replaceChildren(`${titled(prompt, first)} `);
    make("small", "", heading, subtitle(prompt, first));
    section.querySelector(".tiles").setAttribute("aria-label", `Soft tokens, ${heading.innerText}`);
    const [accuracy, loss] = section.querySelectorAll(".stat");
    accuracy.querySelector("b").textContent = prompt.accuracies[moment].toFixed(3);
    loss.querySelector("b").textContent = prompt.losses[moment].toFixed(3);
    putCurve(accuracy.querySelector("svg"), prompt.accuracies, SCALES.accuracy, HEIGHT,
      { value: 0.5, name: "guess" });
    putCurve(loss.querySelector("svg"), prompt.losses, SCALES.loss, HEIGHT,
      { value: Math.LN2, name: "ln 2" });
    const starts = prompt.words[0].map((five) => five[0]);
    const now = prompt.words[moment].map((five) => five[0]);
    const kept = section.querySelector(".kept");
    kept.replaceChildren("word as at the start: ");
    make("b", "", kept, String(now.filter((word, i) => word === starts[i]).length));
    kept.append(` of ${now.length}`);
    section.querySelectorAll(".tile").forEach((tile, token) => {
      putTile(tile, prompt, token, now[token] !== starts[token]);
    });
    putDetail(section, prompt);
  }

  function putTile(tile, prompt, token, moved) {
    const word = data.vocabulary[prompt.words[state.moment][token][0]];
    const cosine = prompt.cosines[state.moment][token][0];
    const selected = token === shownToken();
    tile.style.setProperty("--value", Math.max(cosine, 0) / 100);
    tile.setAttribute("aria-selected", String(selected));
    tile.setAttribute("aria-label", `token ${token}: ${spoken(word)}, cosine ${two(cosine)}` +
      (moved ? ", another word than at the start" : ""));
    tile.tabIndex = token === state.token ? 0 : -1;
    putWord(tile.querySelector(".word"), word);
    tile.querySelector(".number").textContent = two(cosine);
    tile.querySelector(".moved")?.remove();
    if (moved) tile.prepend(make("i", "moved"));
  }

  function putDetail(section, prompt) {
    const token = shownToken(), { moment } = state;
    section.querySelector("h3").textContent = `Token ${token}: nearest words`;
    section.querySelectorAll("li").forEach((row, i) => {
      const cosine = prompt.cosines[moment][token][i];
      putWord(row.querySelector(".word"), data.vocabulary[prompt.words[moment][token][i]]);
      row.querySelector(".bar i").style.width = `${Math.max(cosine, 0)}%`;
      row.querySelector(".number").textContent = two(cosine);
    });
    const lengths = prompt.lengths.map((row) => row[token]);
    const length = section.querySelector(".length span");
    length.replaceChildren("length ");
    make("b", "", length, two(lengths[moment]));
    putCurve(section.querySelector(".length svg"), lengths, SCALES.length, LOW);
    const turned = section.querySelector(".turned");
    turned.replaceChildren("cosine with its own start ");
    make("b", "", turned, two(prompt.turned[moment][token]));
  }

  // State
  function render() {
    const shown = prompts(), first = shown[0];
    const slider = byId("moment"), step = first.steps[state.moment];
    slider.max = first.steps.length - 1;
    slider.value = state.moment;
    slider.style.setProperty("--done", `${100 * state.moment / slider.max}%`);
    byId("step").textContent = `step ${step} of ${first.steps.at(-1)}`;
    slider.setAttribute("aria-valuetext", `step ${step}: ` + shown.map((prompt) =>
      `accuracy ${prompt.accuracies[state.moment].toFixed(3)}, ${titled(prompt, first)}`)
      .join("; "));
    putTicks(first.steps);
    [...byId("panels").children].forEach((section, i) => putPanel(section, shown[i], first));
  }

  function putTicks(steps) {
    const ticks = byId("ticks"), last = steps.length - 1;
    ticks.replaceChildren();
    steps.forEach((step, i) => {
      const tick = make("span", "", ticks, i === 0 || i === last ? step : "");
      tick.style.left = `${100 * i / Math.max(last, 1)}%`;
    });
  }

  function hover(token) {
    if (state.hovered === token) return;
    state.hovered = token;
    render();
  }

  function select(token, position) {
    [state.token, state.hovered] = [token, null];
    render();
    const prompt = prompts()[position];
    const words = prompt.words[state.moment][token].map((word, i) =>
      `${spoken(data.vocabulary[word])} ${two(prompt.cosines[state.moment][token][i])}`);
    const length = two(prompt.lengths[state.moment][token]);
    say(`Token ${token}, ${titled(prompt, prompts()[0])}, length ${length}: ${words.join(", ")}`);
  }

  function say(text) { byId("status").textContent = text; }

  function moveFocus(event, list) {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };
    const last = list.children.length - 1;
    let next = state.token + (steps[event.key] ?? 0);
    if (event.key === "Home") next = 0;
    else if (event.key === "End") next = last;
    else if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook around has keys of its own
    if (next >= 0 && next <= last) list.children[next].focus();
  }

  function buildControls() {
    for (const start of new Set(data.prompts.map((prompt) => prompt.start))) {
      const label = make("label", "", byId("starts"));
      const input = make("input", "", label);
      Object.assign(input, { type: "radio", name: "start", value: start });
      input.checked = start === state.start;
      make("span", "", label, NAMES[start] ?? start);
      input.addEventListener("change", () => {
        state.start = start;
        state.moment = Math.min(state.moment, prompts()[0].steps.length - 1);
        render();
        say(`${prompts().length} prompts that began as ${NAMES[start] ?? start}`);
      });
    }
    byId("moment").addEventListener("input", (event) => {
      state.moment = Number(event.target.value);
      render();
    });
    byId("chance").style.left = `${100 * data.chance}%`;
    byId("chance-text").textContent = `two words at random: ${data.chance.toFixed(2)}`;
    byId("source").textContent = data.source;
  }

  // The page around, where it lets us read it: its theme, and the height of the frame.
  function followHost() {
    const root = document.documentElement;
    try {
      const host = window.parent === window ? null : window.parent.document;
      const theme = () => {
        const jupyter = { true: "light", false: "dark" }[host.body.dataset.jpThemeLight];
        const book = host.documentElement.dataset.theme;
        root.style.colorScheme = jupyter ?? (["light", "dark"].includes(book) ? book : "");
      };
      if (host) {
        theme();
        const watch = { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme"] };
        for (const node of [host.body, host.documentElement]) {
          new MutationObserver(theme).observe(node, watch);
        }
        const frame = window.frameElement;
        const fit = () => { frame.style.height = `${Math.ceil(document.body.scrollHeight)}px`; };
        new ResizeObserver(fit).observe(document.body);
      }
    } catch { /* a page of another origin: the system's theme, and the frame scrolls */ }
  }

  buildControls();
  prompts().forEach(buildPanel);
  followHost();
  render();
  let width = 0;
  new ResizeObserver(([panels]) => { // curves are drawn to the pixel
    if (width !== (width = panels.contentRect.width)) render();
  }).observe(byId("panels"));
})();
