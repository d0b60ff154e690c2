'use strict';
for (const svg of document.querySelectorAll('.area svg')) {
  const area = svg.parentNode, frame = area.parentNode;
  const cursor = area.querySelector('.cursor'), tip = area.querySelector('.tip');
  const [x0, x1] = svg.dataset.x.split(' ').map(Number);
  const [low, high, log] = svg.dataset.y.split(' ');
  const y0 = Number(low), y1 = Number(high);
  const value = s => log ? y0 * Math.pow(y1 / y0, 1 - s / 1000) : y1 - (y1 - y0) * s / 1000;
  const lines = Array.from(svg.querySelectorAll('.line'), path => ({
    path, points: path.getAttribute('d').slice(1).split('L').map(p => p.split(' ').map(Number))
  }));
  const hide = () => { cursor.hidden = tip.hidden = true; };
  area.addEventListener('pointerleave', hide);
  area.addEventListener('pointermove', event => {
    const box = area.getBoundingClientRect();
    const at = 1000 * (event.clientX - box.left) / box.width;
    const shown = lines.filter(l => !l.path.classList.contains('off')).map(l => ({
      line: l, point: l.points.reduce((a, b) => Math.abs(b[0] - at) > Math.abs(a[0] - at) ? a : b)
    }));
    if (!shown.length) { hide(); return; }
    const x = shown.map(s => s.point[0]).reduce((a, b) => Math.abs(b - at) > Math.abs(a - at) ? a : b);
    shown.sort((a, b) => a.point[1] - b.point[1]);
    tip.replaceChildren();
    const step = document.createElement('div');
    step.textContent = 'step ' + Math.round(x0 + (x1 - x0) * x / 1000).toLocaleString('en');
    tip.append(step);
    for (const s of shown.slice(0, 12)) {
      const row = document.createElement('div'), dot = document.createElement('i');
      const name = document.createElement('span'), number = document.createElement('b');
      row.className = s.line.path.getAttribute('class').replace('line ', '');
      name.textContent = s.line.path.dataset.name;
      number.textContent = String(Number(value(s.point[1]).toPrecision(3)));
      row.append(dot, name, number);
      tip.append(row);
    }
    cursor.hidden = tip.hidden = false;
    cursor.style.left = x / 10 + '%';
    tip.style.left = x > 500 ? 'auto' : 'calc(' + x / 10 + '% + 10px)';
    tip.style.right = x > 500 ? 'calc(' + (100 - x / 10) + '% + 10px)' : 'auto';
  });
  for (const name of frame.querySelectorAll('[data-toggle]')) {
    const toggle = () => {
      const off = name.classList.toggle('off'), line = name.dataset.toggle;
      name.setAttribute('aria-pressed', String(!off));
      for (const path of svg.querySelectorAll('[data-line="' + line + '"], [data-of="' + line + '"]')) {
        path.classList.toggle('off', off);
      }
    };
    name.tabIndex = 0;
    name.setAttribute('role', 'button');
    name.setAttribute('aria-pressed', 'true');
    name.addEventListener('click', toggle);
    name.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); toggle(); }
    });
  }
}
