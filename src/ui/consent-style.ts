/** What the question about consent looks like: fixed over the foot of the page, so that nothing in the page moves. */

export const consentStyle = `
:host{display:contents}
section{position:fixed;inset:auto 0 0;z-index:var(--carryover-layer,2147483000);max-height:100dvh;
padding:24px max(24px,(100% - 1120px)/2) calc(24px + env(safe-area-inset-bottom));border-top:1px solid var(--_rule);
display:grid;gap:16px}
[part=text]{display:grid;gap:8px}
[part=privacy]{justify-self:start;line-height:var(--_target)}
[part=choices]{display:grid;gap:4px}
@media (min-width:840px){section{grid-template-columns:1fr minmax(360px,400px);gap:48px;align-items:center}}
@media (max-width:479px){section{padding:16px 16px calc(8px + env(safe-area-inset-bottom));gap:12px}button{padding-inline:8px}}
`;
