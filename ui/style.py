"""The little CSS that Streamlit's theme cannot say, in one place."""

from __future__ import annotations

import json

import streamlit as st

# The eye in a password field goes, because with it the Tab key moves to the eye instead of out of
# the field, and what was typed is not sent.
# Colours lean on the theme's own, so that light and dark need no second set: --ts-ink is the
# text colour at some strength, --ts-accent the primary colour. A dialog stands outside of the app
# and does not know which of both is on, so there they are such as go with either.
_CSS = """
<style>
.stApp,[data-testid="stDialog"]{--ts-accent:light-dark(#0e7c66,#2fb597);
--ts-card:light-dark(#fff,#1a2023);--ts-line:
color-mix(in srgb,currentColor 13%,transparent);
--ts-soft:color-mix(in srgb,currentColor 67%,transparent);--ts-error:#c0392b;--ts-warning:#d9902f}
.block-container{padding:2.1rem 2.2rem 4rem!important;max-width:1480px}
[data-testid="stSidebar"] [data-testid="stSidebarHeader"]{height:1.6rem;padding-bottom:0}
[data-testid="stHeader"]{background:transparent}
[data-testid="stHeader"],[data-testid="stHeader"] *{pointer-events:none}
[data-testid="stHeader"] :is(button,button *){pointer-events:auto}
[data-testid="stStatusWidget"],[data-testid="InputInstructions"],[data-testid="stElementToolbar"]{display:none}
.stApp:has([data-testid="stExpandSidebarButton"]) .block-container{padding-top:3.6rem!important}
h1{font-size:1.55rem!important;letter-spacing:-.015em;padding:0 0 .1rem!important}
h2{font-size:1.1rem!important;padding:.3rem 0 .2rem!important}
[data-testid="stDialog"]{--ts-accent:#1f9b80;
--ts-card:color-mix(in srgb,currentColor 3%,transparent)}
[data-testid="stDialog"] h2{padding:1rem 1.5rem .2rem!important}
h3{font-size:.98rem!important;padding:.15rem 0 .4rem!important}
[class*="st-key-card_"]{background:var(--ts-card)}
[data-testid="stFileUploaderDropzoneInstructions"]{display:none}
[data-testid="stTextInputRootElement"] button{display:none}
[class*="st-key-card_empty"],.st-key-card_no_project{align-items:center}
[data-testid="stFileUploaderDropzone"] button p{font-size:0}
[data-testid="stFileUploaderDropzone"] button p::after{content:var(--ts-choose);font-size:.9rem}
.st-key-starts [data-testid="stColumn"]{min-width:225px}
.st-key-starts .ts-bubble{display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;
overflow:hidden;font-size:.86rem;padding:.35rem .7rem 0;border-bottom:.35rem solid transparent}
[data-testid^="stBaseButton-primary"]:not(:disabled){color:light-dark(#fff,#08201a)}
.stButtonGroup [data-selected="true"] p{color:color-mix(in srgb,var(--ts-accent) 80%,CanvasText)}
[data-testid="stDialog"] .stButtonGroup [data-selected="true"],
[data-testid="stDialog"] .stButtonGroup [data-selected="true"] p{color:inherit!important}
body:has([data-react-aria-top-layer][data-testid^="stBidi"])>[data-testid="stDialog"]{display:none}
.ts-logo{font-weight:700;font-size:1.15rem;letter-spacing:-.01em;padding:0 .3rem .5rem}
.ts-logo i{color:var(--ts-accent);font-style:normal}
.ts-switch{color:var(--ts-soft);font-size:.84rem;padding:0 0 .9rem 2.6rem;margin-top:-.2rem}
[data-testid="stCaptionContainer"]{opacity:1!important}
[data-testid="stCaptionContainer"] p{color:var(--ts-soft)!important;opacity:1}
.ts-lead{color:var(--ts-soft);margin-top:.1rem}
.ts-figures{display:flex;gap:1.6rem;justify-content:flex-end;flex-wrap:wrap;text-align:right}
.ts-figures b{display:block;font-size:1.12rem;font-variant-numeric:tabular-nums;white-space:nowrap}
.ts-figures span{color:var(--ts-soft);font-size:.78rem}
.ts-bar{position:relative;height:8px;border-radius:9px;background:var(--ts-line);margin-top:.35rem}
.ts-bar i{position:absolute;inset:0 auto 0 0;border-radius:9px;background:var(--ts-accent)}
.ts-bar u{position:absolute;top:-4px;width:2px;height:16px;background:var(--ts-soft);opacity:.6}
.ts-marks{position:relative;height:1.2rem;font-size:.78rem;color:var(--ts-soft);margin-top:.35rem}
.ts-marks span{position:absolute;white-space:nowrap}
.ts-histogram{display:flex;align-items:flex-end;gap:3px;height:7rem;margin-top:.3rem;
border-bottom:1px solid var(--ts-line)}
.ts-histogram i{flex:1;border-radius:3px 3px 0 0;
background:color-mix(in srgb,var(--ts-accent) 70%,transparent)}
.ts-ends{display:flex;justify-content:space-between;color:var(--ts-soft);font-size:.78rem;
margin-top:.25rem;font-variant-numeric:tabular-nums}
.ts-soft{color:var(--ts-soft);font-size:.86rem}
.ts-source a{color:inherit}
.ts-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:.5rem;
background:var(--ts-accent)}
.ts-dot.error{background:var(--ts-error)}.ts-dot.warning,.ts-dot.advice{background:var(--ts-warning)}
.ts-finding b{font-weight:600}.ts-finding small{display:block;color:var(--ts-soft);
margin-left:1.05rem}
.ts-steps{display:grid;grid-template-columns:repeat(4,1fr);gap:.9rem}
.ts-steps i{display:block;height:5px;border-radius:9px;background:var(--ts-line);
margin-bottom:.5rem;overflow:hidden}
.ts-steps i::before{content:"";display:block;height:100%;width:var(--share,0%);
background:var(--ts-accent)}
.ts-steps b{display:block;font-weight:600}.ts-steps .todo b{color:var(--ts-soft)}
.ts-steps span{color:var(--ts-soft);font-size:.82rem}
.ts-story{display:grid;grid-template-columns:4.4rem 1fr;gap:.45rem .6rem;font-size:.88rem;
max-height:24rem;overflow-y:auto}
.ts-story time{color:var(--ts-soft);font-variant-numeric:tabular-nums}
.ts-story div{border:0}
.ts-facts{display:grid;grid-template-columns:minmax(0,max-content) minmax(45%,1fr);
gap:.3rem .9rem;font-size:.87rem}
.ts-facts span{color:var(--ts-soft)}.ts-facts b{font-weight:500;text-align:right;
overflow-wrap:anywhere}
.ts-story>b{grid-column:1/-1;font-weight:500;color:var(--ts-soft);font-size:.8rem;margin-top:.4rem}
.ts-story .error{color:var(--ts-error)}.ts-story .warn,.ts-story .warning{color:color-mix(in srgb,
var(--ts-warning) 70%,CanvasText)}
.ts-job{display:grid;grid-template-columns:minmax(0,2.6fr) minmax(9rem,1.9fr) minmax(9.6rem,.8fr)
minmax(5rem,.6fr) 1rem;gap:.3rem 1.2rem;align-items:center;padding:.75rem .3rem}
.ts-job b{font-weight:600;overflow-wrap:anywhere}
.ts-job small{display:block;color:var(--ts-soft);font-size:.82rem;overflow-wrap:anywhere}
.ts-job .figure{text-align:right;font-variant-numeric:tabular-nums}
.ts-job .figure b{font-weight:500;white-space:nowrap}
[class*="st-key-point_"]{gap:.2rem .8rem!important;padding:.25rem 0}
[class*="st-key-point_"]>:first-child{flex:1 1 100%}
:is([class*="st-key-delete_"],.st-key-cancel) button[kind="primary"]{background:#c0392b;
border-color:#c0392b}
.st-key-card_facts .ts-facts{grid-template-columns:max-content minmax(0,1fr);word-break:break-all}
:has(>[class*="st-key-point_"])+:has(>[class*="st-key-point_"]){border-top:1px solid
var(--ts-line)}
.ts-job>i{font-style:normal;color:var(--ts-soft);font-size:1.2rem;text-align:right}
.ts-job .ts-chip{margin-left:0}
.ts-way>i{display:block;height:5px;border-radius:9px;background:var(--ts-line);overflow:hidden}
.ts-way>i::before{content:"";display:block;height:100%;width:var(--share,0%);
min-width:5px;border-radius:9px;background:var(--ts-accent);transition:width .6s}
.ts-way small{margin-top:.35rem}
[class*="st-key-line_job_"]{position:relative;border-radius:8px}
[class*="st-key-line_job_"]:hover{background:color-mix(in srgb,currentColor 4%,transparent)}
:has(>[class*="st-key-line_job_"])+:has(>[class*="st-key-line_job_"]){border-top:1px solid
var(--ts-line)}
[class*="st-key-card_jobs"]{gap:0!important;padding-block:.35rem!important}
[class*="st-key-line_job_"]>:last-child{position:absolute;inset:0;width:100%!important;opacity:0}
[class*="st-key-line_job_"]>:last-child :is(div,span){height:100%;width:100%}
[class*="st-key-line_job_"] button{position:absolute;inset:0;width:100%;height:100%}
[class*="st-key-line_job_"]:has(button:focus-visible){outline:2px solid var(--ts-accent)}
.st-key-find_jobs>[data-testid="stElementContainer"]:has([data-testid="stTextInput"]){
flex:1 1 11rem;min-width:11rem}
.st-key-wanted_key{max-width:30rem}
.ts-notice{border-left:3px solid var(--ts-warning);padding:.15rem 0 .15rem .8rem;font-size:.9rem}
.ts-notice>b,.ts-silence>b{font-weight:600}
.ts-silence{font-size:.9rem;border-left:3px solid var(--ts-warning);padding:.1rem 0 .1rem .8rem}
.ts-silence div{color:var(--ts-soft)}
.ts-dot.none{background:var(--ts-line)}
.ts-reading{font-size:.9rem;line-height:1.5}
.ts-reading .ts-dot{flex:none}
.ts-chip.off{background:color-mix(in srgb,currentColor 9%,transparent)}
.ts-reckoned{display:grid;grid-template-columns:max-content 1fr 1fr;gap:.35rem .9rem;
font-size:.87rem;font-variant-numeric:tabular-nums}
.ts-reckoned span,.ts-reckoned i{color:var(--ts-soft);font-style:normal}
.ts-reckoned b{font-weight:600;text-align:right}.ts-reckoned i{text-align:right}
.ts-reckoned b:nth-child(2){font-weight:400;color:var(--ts-soft)}
.ts-since{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;font-size:.9rem;align-items:baseline}
.ts-since>b{font-weight:600}.ts-since span{color:var(--ts-soft)}
.ts-since span b{color:var(--ts-accent)}.ts-since .removed b{color:var(--ts-error)}
.ts-since .changed b{color:color-mix(in srgb,var(--ts-warning) 75%,CanvasText)}
.ts-raw{display:grid;grid-template-columns:4.6rem 3.4rem 1fr;gap:.25rem .7rem;max-height:26rem;
overflow-y:auto;font:.78rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.ts-raw time,.ts-raw span,.ts-raw small{color:var(--ts-soft)}
.ts-raw div{overflow-wrap:anywhere}.ts-raw small{display:block;font-size:.74rem}
.ts-bubble{padding:.5rem .8rem;border-radius:13px;margin:.4rem 0;max-width:88%;width:fit-content;
white-space:pre-wrap;overflow-wrap:anywhere}
.ts-bubble.user{margin-left:auto;background:color-mix(in srgb,currentColor 8%,transparent)}
.ts-bubble.assistant{background:color-mix(in srgb,var(--ts-accent) 15%,transparent)}
.ts-bubble.system{border:1px dashed var(--ts-line);color:var(--ts-soft);max-width:100%;
font-size:.86rem}
.ts-chip{display:inline-block;border-radius:99px;padding:.05rem .6rem;font-size:.8rem;
background:color-mix(in srgb,var(--ts-accent) 15%,transparent);margin:.1rem .25rem .1rem 0}
.ts-chip.bad{background:color-mix(in srgb,var(--ts-error) 18%,transparent)}
.ts-chip.wait{background:color-mix(in srgb,var(--ts-warning) 20%,transparent)}
.ts-diff{font-size:.9rem;line-height:1.55}
.ts-diff>div{padding:.3rem 0 .3rem .8rem;border-left:2px solid var(--ts-line);margin:.35rem 0}
.ts-diff>div.added{border-color:var(--ts-accent)}.ts-diff>div.removed{border-color:var(--ts-error)}
.ts-diff div div{white-space:pre-wrap;overflow-wrap:anywhere}
.ts-diff small{color:var(--ts-soft);font-size:.78rem}
.ts-diff>small{display:block}
.ts-diff ins,.ts-diff del{border-radius:3px;-webkit-box-decoration-break:clone;
box-decoration-break:clone;padding:.05em .1em}
.ts-diff ins{background:color-mix(in srgb,var(--ts-accent) 18%,transparent);
text-decoration:underline;text-underline-offset:.2em}
.ts-diff del{background:color-mix(in srgb,var(--ts-error) 14%,transparent);
text-decoration:line-through}
.ts-diff .added ins,.ts-diff .removed del{background:none;text-decoration:none}
.ts-side{font-size:.9rem;line-height:1.55;margin-bottom:.2rem}
.ts-side>small{display:block;color:var(--ts-soft);font-size:.78rem;margin-top:.45rem}
.ts-side>div{white-space:pre-wrap;overflow-wrap:anywhere}
.ts-side ins,.ts-side del{border-radius:3px;padding:.05em .1em;text-decoration:underline;
text-decoration-thickness:2px;text-underline-offset:.2em;
background:color-mix(in srgb,var(--ts-warning) 20%,transparent)}
.ts-pair b{margin-right:.5rem}.ts-pair small{color:var(--ts-soft);font-size:.82rem}
[class*="st-key-card_pair_"] [data-testid="stColumn"]{min-width:230px}
[class*="st-key-head_"]>[data-testid="stElementContainer"]:first-child{min-width:15rem}
[class*="st-key-entry_"]{position:relative;padding:.3rem 0}
:has(>[class*="st-key-entry_"])+:has(>[class*="st-key-entry_"]){border-top:1px solid
var(--ts-line)}
[class*="st-key-entry_"]>[class*="st-key-undo_"]{position:absolute;right:0;top:.02rem;width:auto;
z-index:1}
[class*="st-key-entry_"] summary{padding-right:4rem;opacity:1!important}
[class*="st-key-entry_"] summary p span{color:var(--ts-soft)!important}
[class*="st-key-kept_"]>[data-testid="stElementContainer"]:first-child{min-width:14rem}
.ts-glimpse{max-height:23rem;overflow-y:auto;border:1px solid var(--ts-line);border-radius:12px;
padding:.2rem .9rem;font-size:.9rem}
.ts-glimpse>div{padding:.5rem 0}.ts-glimpse>div+div{border-top:1px solid var(--ts-line)}
.ts-glimpse .ts-bubble{display:-webkit-box;-webkit-line-clamp:5;-webkit-box-orient:vertical;
overflow:hidden;padding:.35rem .7rem 0;border-bottom:.35rem solid transparent;margin-block:.3rem}
.ts-glimpse .ts-bubble.system{padding-bottom:.35rem;border:1px dashed var(--ts-line)}
.ts-glimpse small{color:var(--ts-soft)}
.ts-shares{width:100%;border-collapse:collapse;font-size:.87rem}
.ts-shares thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ts-shares th,.ts-shares td{border:0;padding:.22rem 0;text-align:left;font-weight:400}
.ts-shares tbody th{width:32%;padding-right:.7rem;overflow-wrap:anywhere}
.ts-shares td:nth-child(2){width:auto;white-space:nowrap;line-height:0}
.ts-shares td:last-child{width:1%;padding-left:.7rem;text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}
.ts-shares small{color:var(--ts-soft)}
.ts-shares i{display:inline-block;height:.72rem;border-radius:3px;
background:color-mix(in srgb,var(--ts-accent) 72%,transparent)}
.ts-shares i.held{background:var(--ts-warning);margin-left:1px}
.ts-tally{font-size:1rem;font-weight:600;margin:0 0 .2rem;text-wrap:balance;
font-variant-numeric:tabular-nums}
.ts-download{display:inline-block;padding:.45rem 1.1rem;border-radius:8px;font-weight:500;
background:var(--ts-accent);color:light-dark(#fff,#08201a)!important;text-decoration:none!important}
.ts-download:hover{background:color-mix(in srgb,var(--ts-accent) 88%,CanvasText)}
.ts-download:focus-visible{outline:2px solid var(--ts-accent);outline-offset:2px}
.ts-voice{font-size:1.3rem;font-weight:600;line-height:1.4;margin:.1rem 0 .4rem;text-wrap:balance}
.ts-histogram i.far{background:var(--ts-warning)}
.ts-far small{color:var(--ts-soft);margin-left:.6rem}
.ts-far p{margin:.15rem 0 .1rem;overflow-wrap:anywhere}
.ts-far ul{margin:0 0 0 1.1rem;padding:0;color:var(--ts-soft);font-size:.86rem}
[class*="st-key-far_"]{padding:.5rem 0 0}
.st-key-card_voice .ts-facts{max-width:38rem}
.ts-empty{text-align:center;color:var(--ts-soft);padding:1.6rem 1rem}
.st-key-watch,:has(>.st-key-watch){position:absolute;width:0;height:0}
.st-key-ended_toast{position:fixed;top:3.4rem;right:1.6rem;z-index:999;
width:auto;max-width:calc(100vw - 2rem);background:var(--ts-toast,#1d2327);color:#fff;
border-radius:10px;padding:.55rem .6rem .55rem 1rem;box-shadow:0 6px 24px rgb(0 0 0/.28)}
.st-key-ended_toast{flex-wrap:nowrap!important}
.st-key-ended_toast p,.st-key-ended_toast button{color:#fff!important}
.st-key-ended_toast button{background:transparent!important;
border-color:rgb(255 255 255/.35)!important}
.st-key-undo_toast{position:fixed;bottom:1.3rem;right:1.6rem;z-index:999;
width:auto;background:var(--ts-toast,#1d2327);color:#fff;border-radius:10px;
padding:.55rem .6rem .55rem 1rem;box-shadow:0 6px 24px rgb(0 0 0/.28)}
.st-key-undo_toast p,.st-key-undo_toast button{color:#fff!important}
.stApp:has([data-testid="stChatInput"]) .st-key-undo_toast{bottom:7.5rem}
.st-key-undo_toast button{background:transparent!important;
border-color:rgb(255 255 255/.35)!important}
body:has(.stApp[data-test-connection-state]:not([data-test-connection-state="CONNECTED"]))
>[data-testid="stDialog"]{display:none}
.stApp[data-test-connection-state]:not([data-test-connection-state="CONNECTED"])::after{
content:var(--ts-offline);position:fixed;bottom:1.3rem;left:50%;translate:-50%;z-index:1000;
width:max-content;max-width:calc(100vw - 2rem);padding:.6rem 1rem;border-radius:10px;
background:#1d2327;color:#fff;font-size:.9rem;box-shadow:0 6px 24px rgb(0 0 0/.28);
animation:ts-appear .2s 1.5s both}
@keyframes ts-appear{from{opacity:0}}
@media (max-width:1200px){
.st-key-workbench>[data-testid="stLayoutWrapper"]>[data-testid="stHorizontalBlock"]
>[data-testid="stColumn"]{min-width:100%}
.st-key-card_head [data-testid="stColumn"]:first-child{min-width:100%}
[data-testid="stColumn"]:has(.st-key-card_facts,.st-key-card_curve,.st-key-bring_in,.st-key-take_out)
{min-width:100%}
.st-key-starts [data-testid="stColumn"]{min-width:calc(50% - 1rem)}
.st-key-card_steps [data-testid="stColumn"]{min-width:100%}
:is(.st-key-card_head,.st-key-card_steps) .ts-figures{justify-content:flex-start;text-align:left}}
@media (max-width:700px){.block-container{padding:3.4rem 1.1rem 4rem!important}
.ts-figures{justify-content:flex-start;text-align:left}
.st-key-starts [data-testid="stColumn"]{min-width:100%}
.ts-steps{grid-template-columns:1fr 1fr}
.ts-job{grid-template-columns:1fr auto 1rem}.ts-job>div:nth-child(1){grid-column:1/-1;
padding-right:1rem}.ts-job>div:nth-child(4){grid-column:1/-1;text-align:left}.ts-job>i{position:absolute;right:.3rem}
.st-key-card_prices :is(td,th){padding:.35rem!important}
.st-key-card_prices :is(td,th):first-child{width:52%}
.ts-raw{grid-template-columns:4.6rem 1fr}.ts-raw span{display:none}
.st-key-ended_toast{right:1rem;left:1rem;top:auto;bottom:7.5rem}.ts-story{max-height:none}
.ts-marks .optional{display:none}
.ts-voice{font-size:1.08rem}
.st-key-quality_section{overflow-x:auto;scrollbar-width:none}
.st-key-quality_section [role="radiogroup"]{flex-wrap:nowrap}
.st-key-quality_section [data-selected="true"]{scroll-initial-target:nearest}
.st-key-quality_section button{flex:none}}
</style>
"""


def show_style() -> None:
    """Give the page our style; called once a page, by the frame."""
    st.html(_CSS)


def say_in_style(**words: str) -> None:
    """Let Streamlit's own parts speak our words, by their names in the style; theirs are English.

    choose: on the button for choosing a file; offline: while the app does not answer.
    """
    said = "".join(f"--ts-{name}:{json.dumps(w, ensure_ascii=False)};" for name, w in words.items())
    st.html(f"<style>.stApp{{{said}}}</style>")
