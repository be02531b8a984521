/** What a dialog over the page looks like; it comes with the first one. */

export const panelStyle = `
dialog{width:min(100% - 32px,480px);margin-top:6dvh;max-height:92dvh;padding:0;border:1px solid var(--_rule);
border-radius:calc(var(--_radius)*1.5)}
dialog::backdrop{background:#0b1118a6}
[part=head]{display:flex;gap:8px;align-items:start;justify-content:space-between;padding:16px 16px 0 24px}
[part=head] h2{padding-block:calc((var(--_target) - 1.25em)/2)}
[part=close]{flex:none;padding:0;border-color:transparent;font-weight:400;font-size:var(--_head)}
[part=close]:hover{border-color:var(--_edge);text-decoration:none}
[part=status]{padding:0 24px 8px}
[part=body]{display:grid;gap:16px;padding:8px 24px 24px}
`;
