// What is wrong with the page that is open: each function returns a list of sentences.
(() => {
  const NOWHERE = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "TITLE", "HEAD", "OPTION"]);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // Also what is only laid out when it comes into sight.
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const told = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);

  const name = (element) => {
    const id = element.id ? `#${element.id}` : "";
    const classes = [...element.classList].map((one) => `.${one}`).join("");
    const parent = element.parentElement;
    const place = parent && !id ? `${parent.tagName.toLowerCase()} > ` : "";
    return `${place}${element.tagName.toLowerCase()}${id}${classes} "${told(element.textContent)}"`;
  };

  // Off the screen or one pixel large: there for those who listen.
  const onlyHeard = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const { width, height } = one.getBoundingClientRect();
      const style = getComputedStyle(one);
      const tiny = width <= 2 && height <= 2;
      if (style.position === "absolute" && (tiny || style.clipPath === "inset(50%)")) return true;
    }
    return false;
  };

  const scrollsSideways = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const inside = (element, holds) => {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement)
      if (holds(one)) return true;
    return false;
  };

  // Parts that stick out of the page sideways, or of the box that hides what sticks out of it.
  // On paper nobody can scroll.
  function overflow(printed) {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.documentElement.scrollWidth > width)
      found.push(`the page is ${document.documentElement.scrollWidth} px wide, not ${width}`);
    for (const element of all("body *")) {
      if (!shown(element) || onlyHeard(element)) continue;
      const inDrawing = element.ownerSVGElement;
      const excused = !printed && inside(element, scrollsSideways);
      const { left, right } = element.getBoundingClientRect();
      if (!inDrawing && !excused && (right > width + 1 || left < -1))
        found.push(`sticks out to ${Math.round(left)}..${Math.round(right)}: ${name(element)}`);
      if (!inDrawing && hides(element, printed)) found.push(`is cut off: ${name(element)}`);
      if (inDrawing && element.tagName === "text" && leaves(element, inDrawing))
        found.push(`leaves its drawing: ${name(element)}`);
    }
    return found;
  }

  function hides(element, printed) {
    const style = getComputedStyle(element);
    if (style.textOverflow === "ellipsis" || /^(INPUT|SELECT|TEXTAREA|svg|IMG)$/.test(element.tagName))
      return false;
    const cut = printed ? /hidden|clip|auto|scroll/ : /hidden|clip/;
    const sideways = cut.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const down = cut.test(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    return sideways || down;
  }

  function leaves(element, drawing) {
    const part = element.getBoundingClientRect();
    const whole = drawing.getBoundingClientRect();
    const seen = getComputedStyle(drawing).overflow === "visible";
    return !seen && part.width > 0 && (part.left < whole.left - 1 || part.right > whole.right + 1 ||
      part.top < whole.top - 1 || part.bottom > whole.bottom + 1);
  }

  // Text against what is behind it, as WCAG 2.2 wants it (1.4.3): 4.5, or 3 where it is large.
  // Knows what automatic checkers leave out: text in drawings, placeholders, ::before, ::after.
  function contrast() {
    const found = new Set();
    const judge = (style, colour, owner, text) => {
      const behind = background(owner);
      if (behind === null) return;
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
      const ratio = ratioOf(over(faded(rgba(colour), owner), behind), behind);
      if (ratio < (large ? 3 : 4.5))
        found.add(`${ratio.toFixed(2)}: ${colour} on rgb(${behind.slice(0, 3).map(Math.round)}): ` +
          `"${told(text)}" in ${name(owner)}`);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const owner = texts.currentNode.parentElement;
      const text = texts.currentNode.data;
      if (!text.trim() || NOWHERE.has(owner.tagName) || !shown(owner) || onlyHeard(owner)) continue;
      if (owner.closest(":disabled, [aria-disabled=true]")) continue;
      const style = getComputedStyle(owner);
      judge(style, owner.ownerSVGElement ? style.fill : style.color, owner, text);
    }
    for (const element of all("body *")) {
      if (!shown(element) || onlyHeard(element) || element.ownerSVGElement) continue;
      for (const part of ["::before", "::after"]) {
        const style = getComputedStyle(element, part);
        if (/^"\s*[^\s"]/.test(style.content)) judge(style, style.color, element, style.content);
      }
      if (element.placeholder && !element.value) {
        const style = getComputedStyle(element, "::placeholder");
        judge(style, style.color, element, element.placeholder);
      }
    }
    return [...found];
  }

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colours = new Map();

  function rgba(colour) {
    if (!colours.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      colours.set(colour, [red, green, blue, alpha / 255]);
    }
    return colours.get(colour);
  }

  const over = (front, behind) =>
    [0, 1, 2].map((one) => front[one] * front[3] + behind[one] * (1 - front[3])).concat(1);

  function faded(colour, owner) {
    let alpha = colour[3];
    for (let one = owner; one; one = one.parentElement) alpha *= getComputedStyle(one).opacity;
    return [...colour.slice(0, 3), alpha];
  }

  // The colour behind an element's text, or null where that is a picture.
  function background(element) {
    const layers = [];
    let one = element;
    if (element.ownerSVGElement) {
      const shape = shapeBehind(element);
      if (shape?.tagName === "image") return null;
      if (shape) layers.push(faded(rgba(getComputedStyle(shape).fill), shape));
      one = element.ownerSVGElement;
    }
    for (; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== "none") return null;
      layers.push(rgba(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    const dark = matchMedia("(prefers-color-scheme: dark)").matches &&
      getComputedStyle(document.documentElement).colorScheme.includes("dark");
    const canvasColour = dark ? [18, 18, 18, 1] : [255, 255, 255, 1];
    return layers.reverse().reduce((below, layer) => over(layer, below), canvasColour);
  }

  // The last shape that is painted before a drawing's text, where its middle is.
  function shapeBehind(text) {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    const middle = new DOMPoint((left + right) / 2, (top + bottom) / 2);
    const holds = (shape) => {
      if (!(text.compareDocumentPosition(shape) & Node.DOCUMENT_POSITION_PRECEDING)) return false;
      if (shape.closest("defs, clipPath, mask, pattern") || !shown(shape)) return false;
      const box = shape.getBoundingClientRect();
      if (middle.x < box.left || middle.x > box.right || middle.y < box.top || middle.y > box.bottom)
        return false;
      if (shape.tagName === "image") return true;
      const { fill, fillOpacity } = getComputedStyle(shape);
      const painted = fill !== "none" && fillOpacity > 0.9 && !fill.startsWith("url(");
      const place = middle.matrixTransform(shape.getScreenCTM().inverse());
      return painted && shape.isPointInFill(place);
    };
    const shapes = all("rect, path, circle, ellipse, polygon, image", text.ownerSVGElement);
    return shapes.filter(holds).at(-1);
  }

  function ratioOf(one, other) {
    const light = ([red, green, blue]) => {
      const [r, g, b] = [red, green, blue].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  }

  // One h1, first; no level is left out; none is empty.
  function headings() {
    const levels = all("h1, h2, h3, h4, h5, h6").filter((one) => !one.closest("[hidden]"));
    const found = levels.filter((one) => !one.textContent.trim()).map((one) => `empty: ${name(one)}`);
    const first = levels.filter((one) => one.tagName === "H1").length;
    if (first !== 1) found.push(`there are ${first} h1`);
    let above = 0;
    for (const heading of levels) {
      const level = Number(heading.tagName[1]);
      if (level > above + 1) found.push(`h${above} is followed by ${name(heading)}`);
      above = level;
    }
    return found;
  }

  // Pictures without words for those who do not see them.
  function alternatives() {
    const found = [];
    // An empty one says that the words beside the picture say it all.
    const besideWords = (element) => {
      const whole = element.closest("li, figure, p, td, th, dd, a, button") ?? element.parentElement;
      return (whole?.textContent ?? "").trim() !== "";
    };
    for (const image of all("img").filter((one) => !one.closest("[role=img][aria-label]")))
      if (image.alt === "" && !(image.hasAttribute("alt") && besideWords(image)))
        found.push(`no alt: ${name(image)} in ${name(image.parentElement)}`);
    for (const drawing of all("svg")) {
      if (drawing.parentElement.closest("svg, [role=img]")) continue;
      const label = drawing.getAttribute("aria-label")?.trim() ||
        (drawing.getAttribute("aria-labelledby") ?? "").split(/\s+/)
          .map((id) => document.getElementById(id)?.textContent.trim() ?? "").join("") ||
        all(":scope > title", drawing)[0]?.textContent.trim();
      const hidden = drawing.closest("[aria-hidden=true]") && besideWords(drawing);
      if (!hidden && !(/^(img|group)$/.test(drawing.getAttribute("role")) && label))
        found.push(`no role=img with a label: ${name(drawing)}`);
    }
    for (const canvas of all("canvas")) found.push(`needs a script: ${name(canvas)}`);
    return found;
  }

  // Tables whose cells nobody can place without seeing them.
  function tables() {
    const found = [];
    for (const table of all("table:not([role=presentation])")) {
      const heads = all("th", table);
      if (!heads.length) found.push(`no headers: ${name(table)}`);
      for (const head of heads) if (!head.scope) found.push(`no scope: ${name(head)}`);
      const region = table.closest("[aria-label], [aria-labelledby]:not(main)");
      const label = table.caption?.textContent.trim() || region?.getAttribute("aria-label") ||
        document.getElementById(region?.getAttribute("aria-labelledby"))?.textContent.trim();
      if (!label) found.push(`no caption: ${name(table)}`);
      const widths = all("tr", table).map((row) => [...row.cells].reduce((sum, c) => sum + c.colSpan, 0));
      const spans = all("[rowspan]", table).length > 0;
      if (!spans && new Set(widths).size > 1) found.push(`ragged, ${[...new Set(widths)]}: ${name(table)}`);
    }
    return found;
  }

  // Addresses of anything but the page itself, and links that do rather than lead.
  function outside() {
    const found = [];
    const harmless = /^(#|data:image\/(png|svg\+xml|jpeg|webp);|$)/;
    const names = ["src", "href", "xlink:href", "srcset", "data", "action", "formaction", "poster", "ping"];
    for (const element of all("*")) {
      const link = element.tagName === "A" || element.tagName === "a";
      for (const key of names) {
        const value = element.getAttribute(key);
        if (value === null || harmless.test(value.trim())) continue;
        const leads = link && key === "href" && /^(https?:\/\/|mailto:|[\w.%~-][\w.%~\/#-]*$)/.test(value) ;
        if (!leads) found.push(`${key}=${told(value)}: ${name(element)}`);
      }
      for (const { name: key } of element.attributes)
        if (/^on/i.test(key)) found.push(`${key}: ${name(element)}`);
      if (/^(IFRAME|OBJECT|EMBED|FRAME|BASE)$/.test(element.tagName)) found.push(`is there: ${name(element)}`);
      if (/url\(\s*["']?(?!#|data:)/.test(element.getAttribute("style") ?? "")) found.push(`style: ${name(element)}`);
    }
    for (const style of all("style"))
      if (/@import|url\(\s*["']?(?!#|data:)/.test(style.textContent)) found.push("a style sheet loads");
    return found;
  }

  // Parts that must stay whole but are higher than a sheet of paper, `height` pixels.
  function tooHigh(height) {
    return all("body *").filter((element) => {
      const style = getComputedStyle(element);
      const whole = /avoid/.test(style.breakInside) || /^(svg|IMG|FIGURE|TR)$/.test(element.tagName);
      return whole && shown(element) && !onlyHeard(element) && element.getBoundingClientRect().height > height;
    }).map((element) => `${Math.round(element.getBoundingClientRect().height)} px: ${name(element)}`);
  }

  // Writes where each whole part begins and ends, for those who read the print; returns how many.
  function mark() {
    const whole = all("body *").filter((element) =>
      shown(element) && !onlyHeard(element) && !element.ownerSVGElement && element.getBoundingClientRect().height > 0 &&
      /^(block|grid|flex|flow-root)$/.test(getComputedStyle(element).display) &&
      (element.tagName === "FIGURE" || /avoid/.test(getComputedStyle(element).breakInside)) &&
      !/^(svg|IMG|INPUT|BUTTON|SELECT)$/.test(element.tagName));
    whole.forEach((element, number) => {
      if (getComputedStyle(element).position === "static") element.style.position = "relative";
      for (const edge of ["top", "bottom"]) {
        const mark = document.createElement("span");
        mark.textContent = `[${edge}${number}]`;
        mark.style.cssText = `position:absolute;left:0;${edge}:0;font:6px/6px monospace;color:#000;white-space:nowrap`;
        element.append(mark);
      }
    });
    return whole.map(name);
  }

  return { overflow, contrast, headings, alternatives, tables, outside, tooHigh, mark };
})()
