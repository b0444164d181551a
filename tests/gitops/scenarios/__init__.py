"""What Argo CD makes of operator and objects, a file a subject. Each scenario is a function of world and checks."""
