//! Manifests as people write them.

/// Manifests before and after, each with a name. `IMAGE` and `ITEM` stand for the image and for what
/// is added.
pub(super) const STYLES: &[(&str, &str, &str)] = &[
    (
        "no annotations",
        "apiVersion: v1
kind: Pod
metadata:
  name: web # the shop
spec:
  containers:
    - {name: web, image: IMAGE}
",
        "apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ITEM
  name: web # the shop
spec:
  containers:
    - {name: web, image: IMAGE}
",
    ),
    (
        "other annotations, with a comment of theirs",
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: # of us
    # who to call
    owner: 'me'
    note: |
      a # no comment

  labels: {a: b}
spec: {containers: [{image: IMAGE}]}
",
        "apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations: # of us
    KEY: ITEM
    # who to call
    owner: 'me'
    note: |
      a # no comment

  labels: {a: b}
spec: {containers: [{image: IMAGE}]}
",
    ),
    (
        "a template without metadata, four columns",
        "kind: Deployment
apiVersion: apps/v1
metadata:
    name: web
spec:
    template: # of Pods
        spec:
            containers:
            -   image: \"IMAGE\"
                name: web
    replicas: 2
",
        "kind: Deployment
apiVersion: apps/v1
metadata:
    name: web
spec:
    template: # of Pods
        metadata:
            annotations:
                KEY: ITEM
        spec:
            containers:
            -   image: \"IMAGE\"
                name: web
    replicas: 2
",
    ),
    (
        "no metadata at all",
        "apiVersion: v1
kind: Pod # without a name
spec:
  initContainers: [{image: IMAGE}]
  containers: [{image: other}]
",
        "apiVersion: v1
kind: Pod # without a name
spec:
  initContainers: [{image: IMAGE}]
  containers: [{image: other}]
metadata:
  annotations:
    KEY: ITEM
",
    ),
    (
        "empty annotations",
        "apiVersion: v1
kind: Pod
metadata:
  annotations: {} # none
  name: web
spec: {containers: [{image: IMAGE}]}
",
        "apiVersion: v1
kind: Pod
metadata:
  annotations: # none
    KEY: ITEM
  name: web
spec: {containers: [{image: IMAGE}]}
",
    ),
    (
        "annotations without a value, metadata that are null",
        "apiVersion: v1
kind: Pod
metadata: {annotations: , name: a}
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
  name: b
spec: {containers: [{image: IMAGE}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: c}
spec:
  template:
    metadata: null
    spec:
      containers: [{image: IMAGE}]
",
        "apiVersion: v1
kind: Pod
metadata: {annotations: {\"KEY\": \"ITEM\"} , name: a}
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ITEM
  name: b
spec: {containers: [{image: IMAGE}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: c}
spec:
  template:
    metadata:
      annotations:
        KEY: ITEM
    spec:
      containers: [{image: IMAGE}]
",
    ),
    (
        "between braces",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{image: IMAGE}]}}
---
{apiVersion: v1, kind: Pod, metadata: {annotations: {}}, spec: {containers: [{image: IMAGE}]}}
---
{apiVersion: v1, kind: Pod, metadata: {annotations: {a: 'b'}}, spec: {containers: [{image: IMAGE}]}}
---
{apiVersion: v1, kind: Pod, spec: {containers: [{image: IMAGE}]}}
---
apiVersion: v1
kind: Pod
metadata: {}
spec: {containers: [{image: IMAGE}]}
",
        "{apiVersion: v1, kind: Pod, metadata: {\"annotations\": {\"KEY\": \"ITEM\"}, name: a}, spec: {containers: [{image: IMAGE}]}}
---
{apiVersion: v1, kind: Pod, metadata: {annotations: {\"KEY\": \"ITEM\"}}, spec: {containers: [{image: IMAGE}]}}
---
{apiVersion: v1, kind: Pod, metadata: {annotations: {\"KEY\": \"ITEM\", a: 'b'}}, spec: {containers: [{image: IMAGE}]}}
---
{\"metadata\": {\"annotations\": {\"KEY\": \"ITEM\"}}, apiVersion: v1, kind: Pod, spec: {containers: [{image: IMAGE}]}}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ITEM
spec: {containers: [{image: IMAGE}]}
",
    ),
    (
        "the annotation is there, in every notation of a text",
        "apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: OTHER # plain
    z: '1'
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    'KEY': 'OTHER'
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata: {annotations: {KEY: \"OTHER\", b: c}}
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: >- # in lines
      OTHER
    b: c
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY:
      OTHER
    b: |+
      c

spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: |
      OTHER,

  name: a
spec: {containers: [{image: IMAGE}]}
",
        "apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: OTHER,ITEM # plain
    z: '1'
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    'KEY': \"OTHER,ITEM\"
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata: {annotations: {KEY: \"OTHER,ITEM\", b: c}}
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: OTHER,ITEM # in lines
    b: c
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY:
      OTHER,ITEM
    b: |+
      c

spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: OTHER,ITEM

  name: a
spec: {containers: [{image: IMAGE}]}
",
    ),
    (
        "an annotation without a text",
        "apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY:
    a: b
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ~ # nothing
    a: b
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ''
spec: {containers: [{image: IMAGE}]}
",
        "apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ITEM
    a: b
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ITEM # nothing
    a: b
spec: {containers: [{image: IMAGE}]}
---
apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: \"ITEM\"
spec: {containers: [{image: IMAGE}]}
",
    ),
    (
        "JSON over several lines",
        "{
\t\"apiVersion\": \"v1\",
\t\"kind\": \"Pod\",
\t\"metadata\": {
\t\t\"name\": \"web\",
\t\t\"annotations\": {
\t\t\t\"a\": \"b\"
\t\t}
\t},
\t\"spec\": {\"containers\": [{\"image\": \"IMAGE\"}]}
}
",
        "{
\t\"apiVersion\": \"v1\",
\t\"kind\": \"Pod\",
\t\"metadata\": {
\t\t\"name\": \"web\",
\t\t\"annotations\": {
\t\t\t\"KEY\": \"ITEM\",
\t\t\t\"a\": \"b\"
\t\t}
\t},
\t\"spec\": {\"containers\": [{\"image\": \"IMAGE\"}]}
}
",
    ),
    (
        "lists, and what has no image",
        "apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: x}
- metadata: {name: y}
  apiVersion: batch/v1
  kind: CronJob
  spec:
    jobTemplate:
      spec:
        template:
          spec:
            containers:
            - image: IMAGE
- apiVersion: serving.knative.dev/v1
  kind: Service
  metadata: {name: z}
  spec:
    template:
      metadata:
        labels: {a: b}
      spec:
        containers:
        - image: IMAGE
---
apiVersion: v1
kind: PodTemplateList
items:
  - metadata:
      name: t
    template:
      spec:
        containers: [{image: other, name: a}]
        volumes: [{name: v, image: {reference: IMAGE}}]
",
        "apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: x}
- metadata: {name: y}
  apiVersion: batch/v1
  kind: CronJob
  spec:
    jobTemplate:
      spec:
        template:
          metadata:
            annotations:
              KEY: ITEM
          spec:
            containers:
            - image: IMAGE
- apiVersion: serving.knative.dev/v1
  kind: Service
  metadata: {name: z}
  spec:
    template:
      metadata:
        annotations:
          KEY: ITEM
        labels: {a: b}
      spec:
        containers:
        - image: IMAGE
---
apiVersion: v1
kind: PodTemplateList
items:
  - metadata:
      name: t
    template:
      metadata:
        annotations:
          KEY: ITEM
      spec:
        containers: [{image: other, name: a}]
        volumes: [{name: v, image: {reference: IMAGE}}]
",
    ),
    (
        "no line break at the end, and letters outside of ASCII",
        "# für alle
apiVersion: v1
kind: Pod
spec: {containers: [{image: IMAGE}]}
metadata:
  labels: {ä: ö}
  annotations:",
        "# für alle
apiVersion: v1
kind: Pod
spec: {containers: [{image: IMAGE}]}
metadata:
  labels: {ä: ö}
  annotations:
    KEY: ITEM",
    ),
    (
        "an anchor and its alias elsewhere",
        "apiVersion: v1
kind: Pod
metadata:
  labels: &labels
    app: web
  name: web
spec:
  containers: [{image: IMAGE}]
  nodeSelector: *labels
",
        "apiVersion: v1
kind: Pod
metadata:
  annotations:
    KEY: ITEM
  labels: &labels
    app: web
  name: web
spec:
  containers: [{image: IMAGE}]
  nodeSelector: *labels
",
    ),
];
