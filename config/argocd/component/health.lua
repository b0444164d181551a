-- Health of a VpcEndpointService, for Argo CD: resource.customizations.health.privatelink.alibabacloud.com_VpcEndpointService.
--
-- The conditions follow kstatus: Ready always, Stalled only while only a person can help. Argo CD gives a script of argocd-cm Lua's base and
-- table libraries alone, so there is no string and no math here. It does not ask for an object that is marked for deletion: that one is
-- Progressing, "Pending deletion".

local function health(status, message)
  return { status = status, message = message }
end

local status = obj.status or {}
local ready, stalled
for _, condition in ipairs(status.conditions or {}) do
  if condition.type == "Ready" then
    ready = condition
  elseif condition.type == "Stalled" and condition.status == "True" then
    stalled = condition
  end
end

if ready == nil then
  return health("Progressing", "The operator has not written a status yet.")
end
-- A Ready of an earlier spec says nothing of this one. The status that the definition gives to new objects is of generation 0.
local observed = ready.observedGeneration or status.observedGeneration
if status.observedGeneration ~= obj.metadata.generation or observed ~= obj.metadata.generation then
  return health("Progressing", "The operator has not observed this generation yet.")
end
-- Argo CD asks for a marked object only where it is a hook. A deletion that waits for somebody is told apart all the same.
if obj.metadata.deletionTimestamp ~= nil then
  return health(ready.reason == "DeletionBlocked" and "Degraded" or "Progressing", ready.message)
end
if stalled ~= nil then
  return health("Degraded", ready.message)
end
-- The spec asks for nothing to be done: neither at work nor in trouble.
if ready.reason == "Suspended" or ready.reason == "PlanOnly" then
  return health("Suspended", ready.message)
end
-- Also while drift is being corrected: consumers are served.
if ready.status == "True" then
  return health("Healthy", ready.message)
end
return health("Progressing", ready.message)
