/**
 * What both screens look like. Colours follow the `color-scheme` of the page, which follows `prefers-color-scheme`
 * where the shop lets it: a dark question on a page that is only ever light would look like somebody else's.
 */

/** What a shop may set; each has a value that reads well on an unstyled page. */
export const baseStyle = `
:host{
--_ink:var(--carryover-ink,light-dark(#16202b,#eef1f4));--_muted:var(--carryover-muted,light-dark(#55616d,#adb7c1));
--_paper:var(--carryover-paper,light-dark(#fff,#161c23));
--_rule:var(--carryover-rule,light-dark(#d9dde3,#36414d));--_edge:var(--carryover-edge,light-dark(#7b8490,#8793a0));
--_accent:var(--carryover-accent,light-dark(#1d4f9f,#9cbff7));--_on-accent:var(--carryover-on-accent,light-dark(#fff,#0c1a2e));
--_radius:var(--carryover-radius,8px);--_target:var(--carryover-target,44px);
--_small:max(14px,.875rem);--_text:max(16px,1rem);--_head:max(20px,1.25rem)}
:host([size=kiosk]){--_target:max(64px,var(--carryover-target,64px));--_small:18px;--_text:20px;--_head:28px}
[part=said]{position:fixed;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
section,dialog{box-sizing:border-box;color:var(--_ink);background:var(--_paper);font-size:var(--_text);line-height:1.5;font-weight:400;
text-align:start;overflow-wrap:anywhere;overflow:auto;box-shadow:var(--carryover-shadow,0 0 32px #0003)}
h2,p{margin:0;max-width:70ch}
h2{font-size:var(--_head);line-height:1.25;font-weight:650}
h2:focus{outline:none}
small{font-size:var(--_small);color:var(--_muted)}
a{color:inherit}
:focus-visible{outline:3px solid var(--_accent);outline-offset:2px}
button,a[part=answer]{box-sizing:border-box;font:inherit;font-size:var(--_text);font-weight:600;line-height:1.25;min-width:var(--_target);
min-height:var(--_target);margin:0;padding:8px 16px;border:2px solid var(--_edge);border-radius:var(--_radius);background:none;color:var(--_ink);
cursor:pointer}
button[part=answer],a[part=answer]{background:var(--_accent);border-color:var(--_accent);color:var(--_on-accent)}
button:hover,[part=choose]{text-decoration:underline;text-underline-offset:.2em}
[part=choose]{border-color:transparent;font-weight:400}
[part=answers]{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,8em),1fr));gap:8px}
@media (prefers-reduced-motion:no-preference){section,dialog[open]{animation:come .16s ease-out}@keyframes come{from{opacity:0;translate:0 8px}}}
@media print{:host{display:none!important}}
`;

/** Constructed, since a strict policy forbids style in the page. */
export function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  // Safari before 17.5 does not know light-dark(): it shows the light colours.
  sheet.replaceSync(CSS.supports("color", "light-dark(red,red)") ? css : css.replace(/light-dark\((.+?),.+?\)/g, "$1"));
  return sheet;
}
