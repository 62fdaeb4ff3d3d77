import numpy as np, json, warnings
warnings.filterwarnings('ignore')
from sklearn.metrics import *
rng=np.random.RandomState(3)
def q(a): # exact in single precision: multiples of 1/64
    return a
out={}
def classification(name,n,k,weighted,absent=None,p=None,y=None):
    r=rng
    if p is None:
        raw=r.randint(1,12,(n,k)).astype(float)
        # multiples of 1/32 that sum to 1, so that ties are exact in single precision too
        p=np.floor(raw/raw.sum(1,keepdims=True)*32)/32
        p[:,0]+=1-p.sum(1)
        y=np.array([r.choice(k,p=row/row.sum()) for row in p])
        if absent is not None: y[y==absent]=(absent+1)%k
    n=len(y)
    w=np.round(r.rand(n)*2,2) if weighted else np.ones(n)
    if weighted: w[2]=0; w=w.astype(np.float32).astype(float)
    pred=p.argmax(1)
    labels=list(range(k))
    o={}
    o['accuracy']=accuracy_score(y,pred,sample_weight=w)
    o['balancedAccuracy']=balanced_accuracy_score(y,pred,sample_weight=w)
    keep=w>0
    pl=np.clip(p,1e-15,1)
    o['logLoss']=-np.average(np.log(pl[np.arange(n),y]),weights=w)
    o['squaredError']=np.average(((p-np.eye(k)[y])**2).sum(1),weights=w)
    if k==2: o['squaredErrorByHalf']=brier_score_loss(y,p[:,1],sample_weight=w)
    present=[c for c in labels if y[keep].tolist().count(c)]
    aur=[roc_auc_score(y==c,p[:,c],sample_weight=w) if 0<((y[keep]==c).sum())<keep.sum() else None for c in labels]
    ap=[average_precision_score(y==c,p[:,c],sample_weight=w) if c in present else None for c in labels]
    o['auroc']=np.mean([a for a in aur if a is not None]) if any(a is not None for a in aur) else None
    if k==2 and len(present)==2: assert abs(o['auroc']-roc_auc_score(y,p[:,1],sample_weight=w))<1e-12
    if k>2 and len(present)==k and not weighted:
        assert abs(o['auroc']-roc_auc_score(y,p/p.sum(1,keepdims=True),multi_class='ovr',average='macro'))<1e-12
    o['averagePrecision']=ap[1] if k==2 else np.mean([a for a in ap if a is not None])
    seen=sorted(set(y[keep])|set(pred[keep]))
    o['f1Macro']=f1_score(y,pred,labels=seen,average='macro',sample_weight=w)
    o['f1Weighted']=f1_score(y,pred,average='weighted',sample_weight=w)
    if k==2: o['f1']=f1_score(y,pred,sample_weight=w)
    o['mcc']=matthews_corrcoef(y,pred,sample_weight=w)
    # calibration error, 15 bins
    conf=p.max(1); right=(pred==y)
    edges=np.linspace(0,1,16)
    b=np.searchsorted(edges[1:-1],conf)
    o['ece']=sum(abs((w*right)[b==i].sum()-(w*conf)[b==i].sum()) for i in range(15))/w.sum()
    # Murphy's parts, class by class
    rel=res=unc=0
    for c in labels:
        bb=np.searchsorted(edges[1:-1],p[:,c]); yy=(y==c); m=np.average(yy,weights=w)
        unc+=m*(1-m)
        for i in range(15):
            s=w[bb==i].sum()
            if s==0: continue
            ob=np.average(yy[bb==i],weights=w[bb==i]); fb=np.average(p[bb==i,c],weights=w[bb==i])
            rel+=s/w.sum()*(fb-ob)**2; res+=s/w.sum()*(ob-m)**2
    o['reliability'],o['resolution'],o['uncertainty']=rel,res,unc
    # area under risk against coverage: each row's risk is that of rows at least as sure
    risk=[np.average(~right[conf>=c],weights=w[conf>=c]) for c in conf]
    o['aurc']=np.average(risk,weights=w)
    rr=np.average(~right,weights=w)
    o['eAurc']=o['aurc']-(rr+(1-rr)*np.log(1-rr))
    out[name]=dict(classes=k,p=p.ravel().tolist(),y=y.tolist(),w=w.tolist() if weighted else None,scores=o,auroc=aur,averagePrecision=ap,
      confusion=confusion_matrix(y,pred,sample_weight=w,labels=labels).tolist())
classification('three',30,3,False)
classification('weighted',30,3,True)
classification('absent',24,4,True,absent=2)
classification('two',26,2,True)
from scipy import integrate, stats
def regression(name,n,t,weighted):
    y=np.round(rng.randn(n,t)*3+1e3,2); mu=np.round(y+rng.randn(n,t),2); var=np.round(rng.rand(n,t)*2+.1,2)
    w=np.round(rng.rand(n)*2,2) if weighted else np.ones(n)
    if weighted: w[3]=0; w=w.astype(np.float32).astype(float)
    sd=np.sqrt(var); o={}; per={}
    per['rmse']=np.sqrt(mean_squared_error(y,mu,sample_weight=w,multioutput='raw_values'))
    o['rmse']=np.sqrt(mean_squared_error(y,mu,sample_weight=w))
    per['mae']=mean_absolute_error(y,mu,sample_weight=w,multioutput='raw_values')
    per['r2']=r2_score(y,mu,sample_weight=w,multioutput='raw_values')
    per['nll']=np.average(-stats.norm.logpdf(y,mu,sd),axis=0,weights=w)
    crps=np.array([[integrate.quad(lambda x:stats.norm.cdf(x,mu[i,j],sd[i,j])**2,mu[i,j]-40,y[i,j],limit=500,points=[mu[i,j]] if mu[i,j]<y[i,j] else None)[0]+
       integrate.quad(lambda x:stats.norm.sf(x,mu[i,j],sd[i,j])**2,y[i,j],mu[i,j]+40,limit=500,points=[mu[i,j]] if mu[i,j]>y[i,j] else None)[0] for j in range(t)] for i in range(n)])
    per['crps']=np.average(crps,axis=0,weights=w)
    taus=[.05,.25,.5,.75,.95]
    per['pinball']=np.mean([[mean_pinball_loss(y[:,j],mu[:,j]+sd[:,j]*stats.norm.ppf(a),alpha=a,sample_weight=w) for j in range(t)] for a in taus],axis=0)
    z=stats.norm.ppf(.95)
    per['intervalCoverage']=np.average(abs(y-mu)<=z*sd,axis=0,weights=w)
    per['intervalWidth']=np.average(2*z*sd,axis=0,weights=w)
    for k in per:
        if k!='rmse': o[k]=np.mean(per[k])
    sq=((y-mu)**2).sum(1); vs=var.sum(1)
    o['aurc']=np.average([np.average(sq[vs<=v],weights=w[vs<=v]) if w[vs<=v].sum()>0 else 0 for v in vs],weights=w)
    out[name]=dict(targets=t,y=y.ravel().tolist(),mu=mu.ravel().tolist(),var=var.ravel().tolist(),w=w.tolist() if weighted else None,scores=o,per={k:list(v) for k,v in per.items()})
regression('one',20,1,False)
regression('several',16,2,True)
def rnd(o):
    if isinstance(o,dict): return {k:rnd(v) for k,v in o.items()}
    if isinstance(o,(list,tuple)): return [rnd(v) for v in o]
    if isinstance(o,(float,np.floating)): return float('%.12g'%o)
    if isinstance(o,np.integer): return int(o)
    return o
print(json.dumps(rnd(out)))
