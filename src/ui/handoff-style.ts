/** What handing over a cart looks like: large enough to be read from the other screen's distance. */

export const handoffStyle = `
:host{display:inline-block;--_bad:var(--carryover-bad,light-dark(#b3261e,#ff9d94))}
:host([size=kiosk]){--_huge:64px}
a[part=answer]{display:flex;align-items:center;justify-content:center;text-decoration:none;text-align:center}
[part=button]{color:inherit;border-color:currentColor}
[part~=offer] [part=status]{min-height:1.5em}
[part=body]>button{width:100%}
[part=codes]{display:grid;gap:16px;justify-items:center;text-align:center}
[part=codes]>div{width:min(100%,240px);aspect-ratio:1}
svg{box-sizing:border-box;width:100%;padding:8px;background:#fff;border-radius:var(--_radius);forced-color-adjust:none}
:host([size=kiosk]) [part=codes]>div{width:min(100%,38dvh)}
:host([size=kiosk]) dialog{width:min(100% - 32px,640px)}
[part=code]{font-size:max(28px,1.75rem);font-weight:650;line-height:1.25;letter-spacing:.08em;font-variant-numeric:tabular-nums;white-space:nowrap;user-select:all}
[part=match]{font-size:var(--_huge,max(40px,2.5rem));font-weight:650;line-height:1.25;text-align:center;font-variant-numeric:tabular-nums}
[part=time]{font-variant-numeric:tabular-nums}
[part=going-on]{display:grid;grid-template-columns:1fr auto;gap:8px 16px;align-items:center}
[part=bar]{display:grid;gap:8px;margin-block-start:8px;padding:16px;border:2px solid var(--_accent);border-radius:var(--_radius);background:var(--_paper);color:var(--_ink);font-size:var(--_text);line-height:1.5}
[part=difference]{display:grid;gap:8px}
li [part=note]{font-weight:600;color:var(--_ink)}
video{width:100%;aspect-ratio:1;object-fit:cover;background:#000;border-radius:var(--_radius)}
[part=numbers]{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}
[part=number]{min-height:max(64px,var(--_target));font-size:max(24px,1.5rem);font-variant-numeric:tabular-nums}
ul{list-style:none;margin:0;padding:0;border-block:1px solid var(--_rule)}
li{display:grid;grid-template-columns:auto 1fr;gap:0 12px;padding-block:8px}
li+li{border-top:1px solid var(--_rule)}
li small{grid-column:2}
b{min-width:2.5ch;font-weight:600;font-variant-numeric:tabular-nums}
[part=answers]{position:sticky;bottom:0;margin:0 -24px -24px;padding:8px 24px 24px;background:var(--_paper)}
form{display:grid;gap:8px}
label{font-weight:600}
input{box-sizing:border-box;width:100%;min-height:max(56px,var(--_target));padding:8px 16px;border:2px solid var(--_edge);border-radius:var(--_radius);
background:none;color:inherit;font:inherit;font-size:max(24px,1.5rem);letter-spacing:.08em;text-transform:uppercase}
input[aria-invalid=true]{border-color:var(--_bad)}
input[aria-invalid=true]+small{color:var(--_bad)}
`;
