// The little that a page does by itself: its theme, the place in its contents, numbers saved as a file. Everything is there
// without it.

/** Runs in the browser. */
export const SCRIPT = `(()=>{
const root=document.documentElement,key='tutti-theme';
const kept=()=>{try{return localStorage.getItem(key)}catch{return null}};
const keep=(theme)=>{try{localStorage.setItem(key,theme)}catch{}};
const buttons=[...document.querySelectorAll('.switch button')];
const show=(theme)=>{
if(theme==='light'||theme==='dark')root.dataset.theme=theme;else delete root.dataset.theme;
for(const button of buttons)button.setAttribute('aria-pressed',String(button.value===(root.dataset.theme??'auto')));
};
for(const button of buttons)button.parentElement.hidden=false;
show(kept());
for(const button of buttons)button.addEventListener('click',()=>{keep(button.value);show(button.value)});
const contents=document.querySelector('.contents');
if(contents){
const wide=matchMedia('(min-width:76rem)'),open=()=>{contents.open=wide.matches};
open();wide.addEventListener('change',open);
const links=new Map([...contents.querySelectorAll('a')].map((link)=>[link.hash.slice(1),link]));
const seen=new Set();
const watch=new IntersectionObserver((entries)=>{
for(const{target,isIntersecting}of entries)isIntersecting?seen.add(target.id):seen.delete(target.id);
const first=[...links.keys()].find((id)=>seen.has(id));
if(first)for(const[id,link]of links)id===first?link.setAttribute('aria-current','true'):link.removeAttribute('aria-current');
},{rootMargin:'-10% 0px -60% 0px'});
for(const section of document.querySelectorAll('section[id]'))watch.observe(section);
}
for(const button of document.querySelectorAll('.save')){
button.hidden=false;
button.addEventListener('click',()=>{
const text=button.parentElement.querySelector('pre').textContent;
const link=document.createElement('a');
link.href=URL.createObjectURL(new Blob([text],{type:'text/csv'}));
link.download=button.value;
link.click();
setTimeout(()=>URL.revokeObjectURL(link.href),1000);
});
}
})();`.replaceAll('\n', '');
