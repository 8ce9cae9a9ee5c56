/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright the libprof authors */
/* Becomes a part of each flame graph that prof writes; there it may be used without conditions. */
'use strict';
(() => {
  const FRAME_PADDING = 3, CHARACTER_WIDTH = 7.2, SVG = 'http://www.w3.org/2000/svg';
  const svg = document.currentScript.closest('svg');
  const height = svg.viewBox.baseVal.height, drawnWidth = svg.viewBox.baseVal.width;
  const details = svg.querySelector('.details'), reset = svg.querySelector('.reset');
  const matched = svg.querySelector('.matched'), title = svg.querySelector('.title');

  /* start and width are parts of the whole, 0 to 1. */
  const frames = [...svg.querySelectorAll('.f')].map((element) => {
    const rect = element.querySelector('rect');
    const [name, ...rest] = element.querySelector('title').textContent.split('\n');
    return {
      element, rect, name, label: element.querySelector('text'), about: rest.filter(Boolean).join(', '),
      start: rect.x.baseVal.value / drawnWidth, width: rect.width.baseVal.value / drawnWidth,
      depth: Number(element.dataset.depth),
    };
  });
  const root = { start: 0, width: 1, depth: -1 };
  const SLACK = 1e-9;
  let width = drawnWidth, zoomed = root, focused = null;

  const contains = (outer, inner) => outer.start <= inner.start + SLACK
      && inner.start + inner.width <= outer.start + outer.width + SLACK;

  function fit(name, pixels) {
    const n = Math.floor((pixels - 2 * FRAME_PADDING) / CHARACTER_WIDTH);
    if (n < 3)
      return '';
    return name.length <= n ? name : name.slice(0, n - 1) + '…';
  }

  function place(frame) {
    const isAncestor = frame.depth < zoomed.depth && contains(frame, zoomed);
    const isInside = frame.depth >= zoomed.depth && contains(zoomed, frame);
    frame.isShown = isAncestor || isInside;
    frame.element.style.display = frame.isShown ? '' : 'none';
    if (!frame.isShown)
      return;
    const x = isAncestor ? 0 : (frame.start - zoomed.start) / zoomed.width * width;
    const pixels = isAncestor ? width : frame.width / zoomed.width * width;
    frame.element.classList.toggle('ancestor', isAncestor);
    frame.rect.setAttribute('x', x);
    frame.rect.setAttribute('width', Math.max(pixels - 0.3, 0.1));
    frame.label.setAttribute('x', x + FRAME_PADDING);
    frame.label.textContent = fit(frame.name, pixels);
  }

  function layOut() {
    width = Math.max(document.documentElement.clientWidth || drawnWidth, 320);
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('width', width);
    title.setAttribute('x', width / 2);
    reset.setAttribute('x', width - 240);
    matched.setAttribute('x', width - 330);
    search.setAttribute('x', width - 230);
    reset.style.display = zoomed === root ? 'none' : '';
    frames.forEach(place);
  }

  function zoom(frame) {
    zoomed = frame;
    layOut();
  }

  /* Frames nest or are apart, so what a frame that begins earlier covers is counted already. */
  function measure(found) {
    let sum = 0, end = 0;
    found.sort((a, b) => a.start - b.start || b.width - a.width);
    for (const frame of found) {
      if (frame.start + SLACK < end)
        continue;
      sum += frame.width;
      end = frame.start + frame.width;
    }
    return sum;
  }

  function find(text) {
    let expression = null;
    try {
      expression = text ? new RegExp(text, 'i') : null;
      input.setCustomValidity('');
    } catch (error) {
      input.setCustomValidity(error.message);
    }
    const found = frames.filter((frame) => expression && expression.test(frame.name));
    frames.forEach((frame) => frame.element.classList.remove('found'));
    found.forEach((frame) => frame.element.classList.add('found'));
    matched.textContent = expression ? `${(100 * measure(found)).toFixed(1)}% ${matched.dataset.word}` : '';
  }

  const frameOf = (event) => frames.find((f) => f.element === event.target.closest?.('.f'));

  function describe(frame) {
    details.textContent = frame ? `${frame.name}  (${frame.about})` : '';
  }

  function focus(frame) {
    if (!frame)
      return;
    focused?.element.removeAttribute('tabindex');
    focused = frame;
    frame.element.setAttribute('tabindex', '0');
    frame.element.focus();
    describe(frame);
  }

  /* The frame that an arrow key leads to: a caller, the heaviest callee, a neighbour. */
  function neighbour(key) {
    const towardsRoot = svg.dataset.root === 'top' ? 'ArrowUp' : 'ArrowDown';
    const shown = frames.filter((frame) => frame.isShown);
    if (!focused)
      return shown.find((frame) => frame.depth === 0);
    if (key === towardsRoot)
      return shown.find((f) => f.depth === focused.depth - 1 && contains(f, focused));
    if (key === 'ArrowUp' || key === 'ArrowDown')
      return shown.find((f) => f.depth === focused.depth + 1 && contains(focused, f));
    const row = shown.filter((f) => f.depth === focused.depth).sort((a, b) => a.start - b.start);
    return row[row.indexOf(focused) + (key === 'ArrowLeft' ? -1 : 1)];
  }

  function handleKey(event) {
    if (event.key === '/' || (event.key === 'f' && (event.ctrlKey || event.metaKey))) {
      if (event.target === input)
        return;
      event.preventDefault();
      input.focus();
    } else if (event.key === 'Escape') {
      input.value = '';
      find('');
      zoom(root);
    } else if (event.target !== input && event.key.startsWith('Arrow')) {
      event.preventDefault();
      focus(neighbour(event.key));
    } else if (event.key === 'Enter' && focused && event.target !== input) {
      zoom(focused);
    }
  }

  const search = document.createElementNS(SVG, 'foreignObject');
  search.setAttribute('y', reset.getAttribute('y') - 15);
  search.setAttribute('width', 220);
  search.setAttribute('height', 24);
  const input = document.createElementNS('http://www.w3.org/1999/xhtml', 'input');
  input.type = 'search';
  input.placeholder = 'Search (regex): /';
  input.setAttribute('aria-label', 'Search functions by regular expression');
  input.addEventListener('input', () => find(input.value));
  search.append(input);
  svg.append(search);

  svg.addEventListener('click', (event) => {
    const frame = frameOf(event);
    if (frame)
      zoom(frame);
  });
  svg.addEventListener('mouseover', (event) => describe(frameOf(event)));
  reset.addEventListener('click', () => zoom(root));
  window.addEventListener('keydown', handleKey);
  window.addEventListener('resize', layOut);
  layOut();
  if (svg.dataset.root === 'bottom')
    window.scrollTo(0, height);
})();
