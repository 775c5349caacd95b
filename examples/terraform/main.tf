terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/my/app"
  retention_in_days = 30
}

data "aws_partition" "current" {}

# Has `region` since version 6 of the AWS provider.
data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "write_logs" {
  statement {
    actions   = ["logs:PutLogEvents", "logs:CreateLogStream"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/my/app:*"]
  }
}

resource "aws_iam_policy" "write_logs" {
  name_prefix = "write-logs-"
  policy      = data.aws_iam_policy_document.write_logs.json
}

output "write_logs_arn" {
  description = "For the role of the application"
  value       = aws_iam_policy.write_logs.arn
}
