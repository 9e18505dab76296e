"""As short as it gets: lambdas, walrus, one-letter names, methods that are assigned."""
import torch as t
R=range
class NLLLoss:
    __call__=forward=lambda s,o,y:-o.log_softmax(1)[R(len(y)),y].mean()
    backward=lambda s,o,y:(o.softmax(1)-t.eye(o.shape[1])[y])/len(y)
class Linear:
    def __init__(s,i,o):s.W=t.randn(o,i)/i**.5;s.b=t.zeros(o)
    def forward(s,x):s.x=x;return x@s.W.T+s.b
    __call__=forward
    backward=lambda s,d:(d@s.W,d.T@s.x,d.sum(0))
class ReLU:
    __call__=forward=lambda s,x:(setattr(s,"m",x>0),x*s.m)[1]
    backward=lambda s,d:d*s.m
class Net:
    def __init__(s):
        s.l=[Linear(784,120),ReLU(),Linear(120,256),ReLU(),Linear(256,10)]
        s.parameters={f"fc{i+1}.{p}":getattr(s.l[2*i],p)for i in R(3)for p in"Wb"}
    def forward(s,x):
        x=x.flatten(1)
        for l in s.l:x=l(x)
        return x
    __call__=forward
    def backward(s,d):
        s.gradients=g={}
        for i in 4,3,2,1,0:
            d=s.l[i].backward(d)
            if~i%2:d,g[f"fc{i//2+1}.W"],g[f"fc{i//2+1}.b"]=d
class Optimizer:
    def __init__(s,p,lr=1e-3):s.p=p;s.l=lr
    def step(s,g):[p.sub_(s.l*g[k])for k,p in s.p.items()]
def train(n,l,o,d,e):return[sum(len(y)*(v:=l(z:=n(x),y),n.backward(l.backward(z,y)),o.step(n.gradients))[0].item()for x,y in d)/len(d.dataset)for _ in R(e)]
C=lambda n,d:t.cat([t.stack([n(x).argmax(1),y])for x,y in d],1)
def accuracy(n,d):p,y=C(n,d);return(p==y).float().mean().item()
def accuracy_per_class(n,d,num_classes=10):p,y=C(n,d);return[(p[y==c]==c).sum().item()/max(1,(y==c).sum().item())for c in R(num_classes)]


def save(n,f):t.save(n.parameters,f)
def load(n,f):
    d,p=t.load(f,weights_only=True),n.parameters
    if{k:v.shape for k,v in d.items()}!={k:v.shape for k,v in p.items()}:raise ValueError
    [p[k].copy_(d[k])for k in d]
