//! The ready-made `workloads` of `docs/workloads.md`: each finds every image of an object of its kind.

use core_tests::native::decision;
use host_runner::inputs;
use serde_json::{Value, json};

/// The list in the guide.
fn presets() -> Value {
    let guide = include_str!("../../../docs/workloads.md");
    let (_, rest) = guide.split_once("```yaml preset\n").unwrap();
    let (yaml, _) = rest.split_once("```").unwrap();
    inputs::parse(yaml).unwrap()[0]["workloads"].clone()
}

fn spec(image: &str) -> Value {
    json!({"spec": {"containers": [{"name": "main", "image": image}]}})
}

/// An object of each kind with all that names an image, and one with as little as the kind allows.
fn objects() -> Vec<(&'static str, &'static str, Value, Value)> {
    let templates = json!([
        {"name": "a", "container": {"image": "1"}}, {"name": "b", "script": {"image": "2"}},
        {"name": "c", "containerSet": {"containers": [{"image": "3"}]}},
        {"name": "d", "container": {"image": "4"}, "initContainers": [{"image": "5"}],
         "sidecars": [{"image": "6"}]},
        {"name": "e", "dag": {"tasks": [
            {"name": "a", "template": "a"},
            {"name": "b", "inline": {"container": {"image": "7"}}},
            {"name": "c", "inline": {"script": {"image": "8"}}},
        ]}},
        {"name": "f", "steps": [
            [{"name": "a", "template": "a"}, {"name": "b", "inline": {"container": {"image": "9"}}}],
            [{"name": "c", "inline": {"script": {"image": "10"}}}],
        ]},
    ]);
    let defaults = json!({"container": {"image": "11"}, "script": {"image": "12"},
        "containerSet": {"containers": [{"image": "13"}]},
        "initContainers": [{"image": "14"}], "sidecars": [{"image": "15"}]});
    let workflow = json!({"templateDefaults": defaults, "templates": templates,
        "volumes": [{"name": "v", "image": {"reference": "16"}}]});
    let disks = |disk: &str, kernel: &str| {
        json!({
            "domain": {"firmware": {"kernelBoot": {"container": {"image": kernel}}}},
            "volumes": [{"name": "d", "containerDisk": {"image": disk}}, {"name": "e", "emptyDisk": {}}],
        })
    };
    let roles = json!({"Master": {"replicas": 1, "template": spec("1")}, "Worker": {"template": spec("2")}});
    let replicas = |field: &str| json!({field: roles});
    let sole = |field: &str| json!({field: {"Worker": {"template": spec("1")}}});
    let leader = json!({"size": 2, "leaderTemplate": spec("1"), "workerTemplate": spec("2")});
    let worker = json!({"workerTemplate": spec("1")});
    let cluster = json!({"headGroupSpec": {"template": spec("1")}, "autoscalerOptions": {"image": "5"},
        "workerGroupSpecs": [{"template": spec("2")}, {"template": spec("3")}]});
    let head = json!({"headGroupSpec": {"template": spec("1")}});
    let task = json!({"steps": [{"name": "a", "image": "1"}, {"name": "b", "ref": {"name": "x"}}],
        "stepTemplate": {"image": "2"}, "sidecars": [{"image": "3"}],
        "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "image": {"reference": "4"}}]});
    let kubeflow = |kind, field: &str| ("kubeflow.org", kind, replicas(field), sole(field));
    vec![
        (
            "argoproj.io",
            "Rollout",
            json!({"template": spec("1")}),
            json!({"workloadRef": {}}),
        ),
        (
            "argoproj.io",
            "Workflow",
            workflow.clone(),
            json!({"workflowTemplateRef": {}}),
        ),
        (
            "argoproj.io",
            "WorkflowTemplate",
            workflow.clone(),
            json!({}),
        ),
        (
            "argoproj.io",
            "CronWorkflow",
            json!({"workflowSpec": workflow}),
            json!({"workflowSpec": {}}),
        ),
        (
            "kubevirt.io",
            "VirtualMachine",
            json!({"template": {"spec": disks("1", "2")}}),
            json!({"template": {"spec": {"domain": {"devices": {}}}}}),
        ),
        (
            "kubevirt.io",
            "VirtualMachineInstance",
            disks("1", "2"),
            json!({"domain": {}}),
        ),
        (
            "jobset.x-k8s.io",
            "JobSet",
            json!({"replicatedJobs": [
                {"name": "a", "replicas": 2, "template": {"spec": {"template": spec("1")}}},
                {"name": "b", "template": {"spec": {"template": spec("2")}}},
            ]}),
            json!({"replicatedJobs": [{"template": {"spec": {"template": spec("1")}}}]}),
        ),
        (
            "leaderworkerset.x-k8s.io",
            "LeaderWorkerSet",
            json!({"replicas": 2, "leaderWorkerTemplate": leader}),
            json!({"leaderWorkerTemplate": worker}),
        ),
        (
            "disaggregatedset.x-k8s.io",
            "DisaggregatedSet",
            json!({"roles": [{"name": "prefill", "spec": {"leaderWorkerTemplate": leader}}]}),
            json!({"roles": [{"name": "prefill", "spec": {"leaderWorkerTemplate": worker}}]}),
        ),
        ("ray.io", "RayCluster", cluster.clone(), head.clone()),
        (
            "ray.io",
            "RayJob",
            json!({"rayClusterSpec": cluster, "submitterPodTemplate": spec("4")}),
            json!({"clusterSelector": {}}),
        ),
        (
            "ray.io",
            "RayService",
            json!({"rayClusterConfig": cluster}),
            json!({"rayClusterConfig": head}),
        ),
        kubeflow("PyTorchJob", "pytorchReplicaSpecs"),
        kubeflow("TFJob", "tfReplicaSpecs"),
        kubeflow("MPIJob", "mpiReplicaSpecs"),
        kubeflow("XGBoostJob", "xgbReplicaSpecs"),
        kubeflow("PaddleJob", "paddleReplicaSpecs"),
        kubeflow("JAXJob", "jaxReplicaSpecs"),
        (
            "tekton.dev",
            "Task",
            task.clone(),
            json!({"steps": [{"ref": {"name": "x"}}]}),
        ),
        (
            "tekton.dev",
            "StepAction",
            json!({"image": "1"}),
            json!({"image": "1"}),
        ),
        (
            "tekton.dev",
            "TaskRun",
            json!({"taskSpec": task}),
            json!({"taskRef": {"name": "x"}}),
        ),
        (
            "apps.openshift.io",
            "DeploymentConfig",
            json!({"template": spec("1"), "strategy": {"customParams": {"image": "2"}}}),
            json!({}),
        ),
        (
            "stable.example.com",
            "CronTab",
            json!({"image": "1"}),
            json!({"image": "1"}),
        ),
    ]
}

#[test]
fn each_preset_finds_every_image_of_its_kind() {
    let presets = presets();
    let mut kinds = Vec::new();
    for (group, kind, whole, least) in objects() {
        kinds.push(json!([group, kind]));
        for (which, spec) in [("whole", whole), ("least", least)] {
            let text = spec.to_string();
            let expected =
                text.matches("\"image\":\"").count() + text.matches("\"reference\":\"").count();
            let decision = decision(&json!({
                "request": {
                    "operation": "CREATE", "namespace": "default",
                    "kind": {"group": group, "version": "v1", "kind": kind},
                    "object": {"apiVersion": format!("{group}/v1"), "kind": kind, "spec": spec},
                },
                "settings": {"workloads": presets, "policy": {"defaultAdmissionRule": {
                    "evaluationMode": "ALWAYS_DENY", "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
                }}},
            }));
            let mut found: Vec<_> = decision["images"].as_array().unwrap().iter().collect();
            found.sort_by_key(|image| image["image"].as_str().unwrap());
            found.dedup_by_key(|image| image["image"].clone());
            assert_eq!(found.len(), expected, "{kind}, {which}: {decision:#}");
            assert_eq!(
                decision["allowed"],
                expected == 0,
                "{kind}, {which}: {decision:#}"
            );
        }
    }
    let listed = presets.as_array().unwrap().iter();
    let listed: Vec<_> = listed
        .map(|one| json!([one["group"], one["kind"]]))
        .collect();
    assert_eq!(kinds, listed, "each preset has its objects here");
}
